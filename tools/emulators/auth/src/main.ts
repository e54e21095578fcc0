#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { startAuthEmulator } from './emulator.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '9099' },
    host: { type: 'string', default: '127.0.0.1' },
    project: { type: 'string' },
  },
});

const projectId = values.project ?? process.env.GCLOUD_PROJECT;
const emulator = await startAuthEmulator({
  port: Number(values.port),
  host: values.host,
  ...(projectId === undefined ? {} : { projectId }),
});
console.log(`Auth emulator: FIREBASE_AUTH_EMULATOR_HOST=${emulator.host}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void emulator.close());
}
