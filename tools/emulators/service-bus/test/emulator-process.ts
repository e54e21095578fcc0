import { startServiceBusEmulator } from '../src/index.ts';

/** An emulator in a process of its own, to be killed: `emulator-process.ts <data directory>`. */
const [, , dataDirectory = ''] = process.argv;
const emulator = await startServiceBusEmulator({
  dataDirectory,
  topology: {
    queues: {
      durable: { requiresDuplicateDetection: true, maxDeliveryCount: 5 },
      sessions: { requiresSession: true },
    },
    topics: { events: { subscriptions: { a: {}, b: {} } } },
  },
});
process.stdout.write(`${emulator.connectionString}\n`);
