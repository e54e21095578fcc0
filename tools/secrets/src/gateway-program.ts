import { startFunctionsEmulator } from '@ayna/emulator-functions';
import * as functions from '@ayna/gateway-functions';

/** The gateway's functions as an instance in the cloud; it says where they answer. */
const emulator = await startFunctionsEmulator({ projectId: 'secrets', functions });
process.stdout.write(`at ${emulator.url}\n`);
