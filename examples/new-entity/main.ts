import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SourceVersion } from '@ayna/contract';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { startPglite } from '@ayna/emulator-sql';
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
import { migrate, openDatabase, openMirrorStore } from '@ayna/sql-gateway';
import { postgresDialect, writeMigration, writeProcedures } from '@ayna/sqlgen';
import { shopOrder } from './shop-order.ts';

const entities = [shopOrder];

// Once, at your desk: the SQL of the entity. These files belong into your repository.
const sql = await mkdtemp(join(tmpdir(), 'shop-sql-'));
await writeMigration(shopOrder, postgresDialect, sql);
await writeProcedures(entities, postgresDialect, sql);

// At deployment: bring the database up to date. `scope` gives your files a history of their own.
const server = await startPglite();
const database = openDatabase({ url: server.url });
await migrate(database);
await migrate(database, { directory: sql, scope: 'shop' });
const store = openMirrorStore({ database, entities });
await store.verifySchema();

const broker = await startServiceBusEmulator();
const endpoint = { kind: 'connectionString', connectionString: broker.connectionString } as const;
await provisionTopology(connectAdministration(endpoint), mirrorTopology());

// The writer.
const processor = startProcessor({
  connect: () => connectServiceBus(endpoint, 0),
  topic: DEFAULT_TOPIC,
  subscription: DEFAULT_SQL_WRITER_SUBSCRIPTION,
  store,
  entities,
  logger: createLogger('shop-writer', 'warn'),
});

// What your function does when an order was written; see the example publisher-in-a-function.
const client = connectServiceBus(endpoint);
const publisher = createPublisher(client, DEFAULT_TOPIC);
const version = SourceVersion.fromIso('2026-01-02T03:04:05.678901Z');
await publisher.publish(
  buildEvent(entities, {
    path: 'shops/izmir/orders/1',
    before: undefined,
    after: { fields: { customer: 'Ayşe', cents: 12_50n }, version },
    originId: 'by hand',
    source: '//firestore.googleapis.com/projects/shop/databases/(default)',
  }),
);

const key = { shopId: 'izmir', orderId: '1' };
let row = await store.read(shopOrder, key);
while (!row) row = await store.read(shopOrder, key);
console.log(
  `${row.sourceVersion.toIso()} ${JSON.stringify(row.key)} ${JSON.stringify(row.columns)}`,
);

await processor.stop();
await publisher.close();
await client.close();
await broker.close();
await database.close();
await server.close();
await rm(sql, { recursive: true });
