#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { DEFAULT_HOST, startServiceBusEmulator } from './service-bus-emulator.ts';

/** The port that Service Bus clients expect. */
const DEFAULT_PORT = '5672';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: DEFAULT_PORT },
    host: { type: 'string', default: DEFAULT_HOST },
    'data-dir': { type: 'string' },
  },
});

const dataDirectory = values['data-dir'];
const emulator = await startServiceBusEmulator({
  port: Number(values.port),
  host: values.host,
  ...(dataDirectory === undefined ? {} : { dataDirectory }),
});
console.log(emulator.connectionString);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void emulator.close().then(() => process.exit(0));
  });
}
