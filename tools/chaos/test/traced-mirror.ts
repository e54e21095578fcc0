import { entities } from '@ayna/contract';
import { startFirestoreEmulator, type FirestoreEmulator } from '@ayna/emulator-firestore';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { spawnPglite } from '@ayna/emulator-sql';
import { startTelemetryEmulator, type TelemetryEmulator } from '@ayna/emulator-telemetry';
import { startChild, type Child } from '@ayna/processes';
import type { ProcessorStatus } from '@ayna/processor';
import {
  connectAdministration,
  connectServiceBus,
  mirrorTopology,
  provisionTopology,
} from '@ayna/service-bus';
import { migrate, openDatabase, openMirrorStore, type MirrorStore } from '@ayna/sql-gateway';
import { getFirestore, type Firestore } from 'firebase-admin/firestore';
import { openTcpProxy, type TcpProxy } from '../src/network/tcp-proxy.ts';
import { registerTriggers } from '../src/world/triggers.ts';

const PROJECT = 'traced';

/** A writer in a process of its own. */
export interface TracedWriter extends Child {
  status(): Promise<ProcessorStatus>;
  /** All that it has logged. */
  log(): string;
}

/** The whole mirror, telling an OTLP endpoint what it does. */
export interface TracedMirror extends AsyncDisposable {
  readonly telemetry: TelemetryEmulator;
  readonly emulator: FirestoreEmulator;
  readonly firestore: Firestore;
  readonly store: MirrorStore;
  /** The way from the writer to SQL. */
  readonly sqlLink: TcpProxy;
  readonly client: ReturnType<typeof connectServiceBus>;
  startWriter(env?: Readonly<Record<string, string>>): Promise<TracedWriter>;
}

/** Starts all but the writer. The triggers run in this process, the writer in its own. */
export async function startTracedMirror(): Promise<TracedMirror> {
  await using stack = new AsyncDisposableStack();
  const telemetry = stack.use(await startTelemetryEmulator());
  const broker = stack.use(await startServiceBusEmulator());
  const { connectionString } = broker;
  const endpoint = { kind: 'connectionString', connectionString } as const;
  await provisionTopology(connectAdministration(endpoint), mirrorTopology());
  const sql = stack.use(await spawnPglite());
  const database = stack.use(openDatabase({ url: sql.url, poolSize: 2 }));
  await migrate(database);
  const url = new URL(sql.url);
  const sqlLink = stack.use(await openTcpProxy({ host: url.hostname, port: Number(url.port) }));
  url.port = String(sqlLink.port);
  const emulator = await startFirestoreEmulator();
  stack.defer(() => emulator.close());
  const telemetrySettings = {
    OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '20',
  };
  const env = {
    SERVICEBUS_CONNECTION_STRING: connectionString,
    DATABASE_URL: url.href,
    HOST: '127.0.0.1',
    PORT: '0',
    ...telemetrySettings,
  };
  Object.assign(process.env, telemetrySettings);
  await registerTriggers(emulator, PROJECT, connectionString);
  const client = connectServiceBus(endpoint);
  stack.defer(() => client.close());
  const store = openMirrorStore({ database, entities });
  const started = stack.move();
  return {
    telemetry,
    emulator,
    firestore: getFirestore(),
    store,
    sqlLink,
    client,
    startWriter: (more = {}) => startWriter({ ...env, ...more }),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

async function startWriter(env: Readonly<Record<string, string>>): Promise<TracedWriter> {
  const lines: string[] = [];
  const child = await startChild(import.meta.resolve('@ayna/writer/main'), {
    env,
    onErrorLine: (line) => lines.push(line),
  });
  const { port } = child.announcement as { port: number };
  return {
    ...child,
    log: () => lines.join('\n'),
    status: async () =>
      (await (await fetch(`http://127.0.0.1:${port}/status`)).json()) as ProcessorStatus,
  };
}
