/**
 * The channel of `node:diagnostics_channel` that is told `{ number }`, the error number of the server,
 * each time a call of `apply` collided with another writer, was undone, and is made again or given up.
 */
export const COLLISION_CHANNEL = 'ayna:sql-gateway:collision';
