import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entities } from '@ayna/contract';
import { startFirestoreEmulator, type FirestoreEmulator } from '@ayna/emulator-firestore';
import { connectAdministration, mirrorTopology, provisionTopology } from '@ayna/service-bus';
import { openMirrorStore, type MirrorStore } from '@ayna/sql-gateway';
import type { LinkName } from '../network/links.ts';
import { openTcpProxy, type TcpProxy } from '../network/tcp-proxy.ts';
import { startBroker, type Broker } from './broker.ts';
import { openSqlServer, type SqlServer } from './sql.ts';
import { subscriptionQueue, type SubscriptionQueue } from './subscription-queue.ts';
import { openTriggerLog, registerTriggers, type TriggerLog } from './triggers.ts';
import { writerFleet, type WriterFleet } from './writer-fleet.ts';
import { openWriterLog, type WriterLog } from './writer-log.ts';

/** The whole mirror, with a proxy on every connection of its programs. */
export interface World extends AsyncDisposable {
  readonly firestore: FirestoreEmulator;
  readonly triggers: TriggerLog;
  readonly broker: Broker;
  readonly sql: SqlServer;
  readonly writers: WriterFleet;
  readonly writerLog: WriterLog;
  readonly links: Readonly<Record<LinkName, TcpProxy>>;
  /** Looks at the queue past all proxies; rejects while the broker is away. */
  readonly queue: SubscriptionQueue;
  /** Opens the mirror store past all proxies. */
  openStore(): MirrorStore;
  /** Where logs and the broker's data are. */
  readonly directory: string;
}

const PROJECT = 'chaos';

/**
 * What a killed writer had in hand comes back soon, so that a short run has many lost locks, and
 * what nobody reads in the optional subscriptions does not fill this machine's memory.
 */
const LOCK_DURATION = 'PT10S';
const OPTIONAL_TIME_TO_LIVE = 'PT5S';

/** Starts the embedded ends, the proxies, the real triggers and one writer. */
export async function startWorld(databaseUrl: string | undefined): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'ayna-chaos-'));
  const brokerData = join(directory, 'broker');
  await mkdir(brokerData);

  const sql = stack.use(await openSqlServer(databaseUrl));
  const broker = stack.use(await startBroker(brokerData));
  const topology = {
    ...mirrorTopology(),
    lockDuration: LOCK_DURATION,
    optionalTimeToLive: OPTIONAL_TIME_TO_LIVE,
  };
  const { connectionString } = broker;
  const administration = connectAdministration({ kind: 'connectionString', connectionString });
  await provisionTopology(administration, topology);

  const triggers = openTriggerLog();
  const firestore = stack.use(
    await startFirestoreEmulator({ delivery: { log: (_, cause) => triggers.failed(cause) } }),
  );
  const local = (port: number) => ({ host: '127.0.0.1', port });
  const links = {
    writersToBroker: stack.use(await openTcpProxy(local(broker.port))),
    triggersToBroker: stack.use(await openTcpProxy(local(broker.port))),
    writersToSql: sql.link,
    writersToFirestore: stack.use(await openTcpProxy(local(firestore.port))),
  };
  const through = (proxy: TcpProxy) =>
    connectionString.replace(`:${broker.port};`, `:${proxy.port};`);
  await registerTriggers(firestore, PROJECT, through(links.triggersToBroker));

  const writerLog = openWriterLog(join(directory, 'writers.log'));
  stack.defer(() => writerLog.close());
  const writers = stack.use(
    writerFleet(
      {
        SERVICEBUS_CONNECTION_STRING: through(links.writersToBroker),
        DATABASE_URL: sql.proxiedUrl,
        FIRESTORE_EMULATOR_HOST: `127.0.0.1:${links.writersToFirestore.port}`,
        GOOGLE_CLOUD_PROJECT: PROJECT,
        HOST: '127.0.0.1',
        PORT: '0',
        LOG_LEVEL: 'info',
      },
      writerLog,
    ),
  );
  writers.up(0);

  const queue = stack.use(subscriptionQueue(connectionString, administration, topology));
  const opened = stack.move();
  return {
    firestore,
    triggers,
    broker,
    sql,
    writers,
    writerLog,
    links,
    queue,
    openStore: () => openMirrorStore({ database: sql.url.href, entities }),
    directory,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
