import { startFunctionsEmulator } from '@ayna/emulator-functions';
import * as functions from '@ayna/gateway-functions';

/** The gateway's functions as a program of their own, as an instance in the cloud is one. */
const [projectId = '', port = '0'] = process.argv.slice(2);
const emulator = await startFunctionsEmulator({ projectId, functions, port: Number(port) });
console.log(JSON.stringify(emulator.port));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => process.exit(0));
}
