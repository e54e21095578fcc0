import { startAuthEmulator } from '@ayna/emulator-auth';
import { startServiceBusEmulator, type ServiceBusEmulator } from '@ayna/emulator-service-bus';
import { startPglite, startPostgres, type RunningDatabase } from '@ayna/emulator-sql';
import { entities } from '@ayna/contract';
import { openTokenVerifier, type TokenVerifier } from '@ayna/firebase-auth';
import { createLogger } from '@ayna/platform';
import { connectServiceBus } from '@ayna/service-bus';
import { openDatabase, runSql, type Database } from '@ayna/sql-gateway';
import { idTokenOf } from '@ayna/test-clients';
import type { ServiceBusMessage } from '@azure/service-bus';
import { openRealtimeLog } from '../src/log/open-realtime-log.ts';
import { migrateRealtimeLog, startHub, type Hub, type HubOptions } from '../src/index.ts';

const TOPIC = 'mirror';
const SUBSCRIPTION = 'realtime';
const PROJECT = 'demo-hub';

/** A broker, a database and users, and hubs between them. */
export interface HubsUnderTest extends AsyncDisposable {
  readonly broker: ServiceBusEmulator;
  readonly database: Database;
  readonly verifier: TokenVerifier;
  startHub(options?: Partial<HubOptions>): Promise<Hub>;
  send(...messages: ServiceBusMessage[]): Promise<void>;
  /** An ID token of a user, who is made when there is none; it lasts for an hour, or for less. */
  token(userId: string, lastsSeconds?: number): Promise<string>;
  /** What the cursors of the log begin with. */
  epoch(): string;
  /** Runs a statement on the database. */
  sql<Row>(text: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** Starts the ends that hubs need. */
export async function openHubs(store: 'pglite' | 'postgres' = 'pglite'): Promise<HubsUnderTest> {
  const [broker, server, auth] = await Promise.all([
    startServiceBusEmulator({
      topology: { topics: { [TOPIC]: { subscriptions: { [SUBSCRIPTION]: {} } } } },
    }),
    store === 'pglite' ? startPglite() : (startPostgres() as Promise<RunningDatabase>),
    startAuthEmulator({ projectId: PROJECT }),
  ]);
  process.env.FIREBASE_AUTH_EMULATOR_HOST = auth.host;
  const database = openDatabase({ url: server.url, poolSize: 4 });
  await migrateRealtimeLog(database);
  const { epoch } = await openRealtimeLog(database).state();
  const verifier = await openTokenVerifier(PROJECT);
  const { connectionString } = broker;
  const connect = () => connectServiceBus({ kind: 'connectionString', connectionString }, 0);
  const client = connectServiceBus({ kind: 'connectionString', connectionString });
  const sender = client.createSender(TOPIC);
  const hubs: Hub[] = [];
  return {
    broker,
    database,
    verifier,
    async startHub(options = {}) {
      const hub = await startHub({
        connect,
        topic: TOPIC,
        subscription: SUBSCRIPTION,
        entities,
        database,
        databaseUrl: server.url,
        memberships: [],
        verifier,
        logger: createLogger('test', 'silent'),
        host: '127.0.0.1',
        port: 0,
        ...options,
      });
      hubs.push(hub);
      return hub;
    },
    async send(...messages) {
      let batch = await sender.createMessageBatch();
      for (const message of messages) {
        if (batch.tryAddMessage(message)) continue;
        await sender.sendMessages(batch);
        batch = await sender.createMessageBatch();
        batch.tryAddMessage(message);
      }
      await sender.sendMessages(batch);
    },
    epoch: () => epoch,
    token: (userId, lastsSeconds) => idTokenOf(auth.host, userId, lastsSeconds),
    sql: (text, parameters) => runSql(database.kysely, text, parameters),
    async [Symbol.asyncDispose]() {
      await Promise.all(hubs.map((hub) => hub.stop()));
      await client.close();
      await verifier.close();
      await database.close();
      await Promise.all([broker.close(), server.close(), auth.close()]);
    },
  };
}

export const EVENTUALLY = { timeout: 20_000, interval: 5 };
