#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { startFirestoreEmulator } from './emulator.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    'web-port': { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
  },
});

const webPort = values['web-port'];
const emulator = await startFirestoreEmulator({
  port: Number(values.port),
  host: values.host,
  ...(webPort === undefined ? {} : { web: { port: Number(webPort) } }),
});
console.log(`Firestore emulator: FIRESTORE_EMULATOR_HOST=${emulator.host}`);
if (emulator.webHost !== undefined) console.log(`For web apps: ${emulator.webHost}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void emulator.close());
}
