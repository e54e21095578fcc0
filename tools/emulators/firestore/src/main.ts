import { parseArgs } from 'node:util';
import { startFirestoreEmulator } from './emulator.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    host: { type: 'string', default: '127.0.0.1' },
  },
});

const emulator = await startFirestoreEmulator({ port: Number(values.port), host: values.host });
console.log(`Firestore emulator: FIRESTORE_EMULATOR_HOST=${emulator.host}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void emulator.close());
}
