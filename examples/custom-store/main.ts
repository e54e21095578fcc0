import { dmMessage, entities, SourceVersion } from '@ayna/contract';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { checkStore } from '@ayna/mirror-model';
import { createLogger } from '@ayna/platform';
import { startProcessor } from '@ayna/processor';
import { buildEvent, createPublisher } from '@ayna/publisher';
import {
  connectAdministration,
  connectServiceBus,
  DEFAULT_SQL_WRITER_SUBSCRIPTION,
  DEFAULT_TOPIC,
  mirrorTopology,
  provisionTopology,
} from '@ayna/service-bus';
import { SqliteStore } from './sqlite-store.ts';

const store = new SqliteStore(':memory:');

// Is it a mirror store? Random histories, delivered in any order and any number of times, say so.
await checkStore(store);
console.log('the store keeps what every mirror store promises');
await store.empty();

// Then it takes the place of SQL behind the real processor.
const broker = await startServiceBusEmulator();
const endpoint = { kind: 'connectionString', connectionString: broker.connectionString } as const;
await provisionTopology(connectAdministration(endpoint), mirrorTopology());
const processor = startProcessor({
  connect: () => connectServiceBus(endpoint, 0),
  topic: DEFAULT_TOPIC,
  subscription: DEFAULT_SQL_WRITER_SUBSCRIPTION,
  store,
  entities,
  logger: createLogger('sqlite-writer', 'warn'),
});

const client = connectServiceBus(endpoint);
const publisher = createPublisher(client, DEFAULT_TOPIC);
await publisher.publish(
  buildEvent(entities, {
    path: 'conversations/c1/messages/m1',
    before: undefined,
    after: { fields: { body: 'merhaba' }, version: SourceVersion.fromMicros(1n) },
    originId: 'by hand',
    source: '//firestore.googleapis.com/projects/example/databases/(default)',
  }),
);
while (processor.status().counts.applied === 0) {
  await new Promise((resolve) => setImmediate(resolve));
}
const [row] = await store.rows(dmMessage);
console.log(`the row in SQLite: ${JSON.stringify(row?.columns)}`);

await processor.stop();
await publisher.close();
await client.close();
await broker.close();
store.close();
