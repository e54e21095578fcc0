// Loaded into each child before its program: when the parent dies, however it dies, the channel
// between them closes and the child stops, instead of living on with nobody to stop it.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
