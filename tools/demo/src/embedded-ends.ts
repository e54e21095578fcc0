import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CloudFunction } from '@ayna/emulator-firestore';
import { startFirestoreEmulator, type FirestoreEmulator } from '@ayna/emulator-firestore';
import {
  connectAdministration,
  mirrorTopology,
  provisionTopology,
  type ServiceBusEndpoint,
} from '@ayna/service-bus';
import { migrate, openDatabase, openMirrorStore, type MirrorStore } from '@ayna/sql-gateway';
import { entities } from '@ayna/contract';
import type { Child } from '@ayna/processes';
import { startPart } from './part.ts';
import { startWriter, type WriterProcess } from './writer-process.ts';

export interface EndsOptions {
  readonly dataDirectory: string | undefined;
  readonly duplicate: number;
  readonly shuffle: boolean;
  readonly seed: number;
  /**
   * When changes begin to be mirrored; `later` is when `deployTriggers` is called.
   * @defaultValue `atStart`
   */
  readonly triggers?: 'atStart' | 'later';
  /** Whether web apps can connect to Firestore. @defaultValue false */
  readonly web?: boolean;
}

/** Everything the mirror runs on, up and connected. */
export interface Ends {
  readonly firestore: FirestoreEmulator;
  readonly store: MirrorStore;
  /** The settings by which programs find the ends. */
  readonly settings: Readonly<Record<string, string>>;
  readonly queue: QueueDepth;
  /** The running writer; `restartWriter` replaces it. */
  writer(): WriterProcess;
  restartWriter(): Promise<void>;
  deployTriggers(): Promise<void>;
  pids(): number[];
  close(): Promise<void>;
}

interface QueueDepth {
  /** Messages that wait for the writer or are in its hands. */
  waiting(): Promise<number>;
  deadLettered(): Promise<number>;
}

const PROJECT = 'demo-ayna';
const SHUFFLE_WINDOW = 100;
/**
 * What a killed writer had in hand comes back while somebody is watching, and what the optional
 * subscriptions keep for nobody does not fill this machine's memory.
 */
const DEMO_TOPOLOGY = { ...mirrorTopology(), lockDuration: 'PT10S', optionalTimeToLive: 'PT5S' };

const entryOf = (name: string) => fileURLToPath(import.meta.resolve(name));
const mainBeside = (name: string) => join(entryOf(name), '..', 'main.ts');

/**
 * Starts the embedded ends, the real trigger functions and the writer. The broker, the database and
 * the writer are processes of their own. `DATABASE_URL` and `SERVICEBUS_CONNECTION_STRING`, where
 * set, name servers to use instead.
 */
export async function startEnds(options: EndsOptions): Promise<Ends> {
  const closers: (() => Promise<void>)[] = [];
  const children: Child[] = [];
  const close = async () => {
    for (const closer of closers.reverse()) await closer();
  };
  try {
    const connectionString =
      process.env.SERVICEBUS_CONNECTION_STRING ??
      (await embed('broker', '@ayna/emulator-service-bus'));
    const databaseUrl = process.env.DATABASE_URL ?? (await embed('database', '@ayna/emulator-sql'));

    const endpoint: ServiceBusEndpoint = { kind: 'connectionString', connectionString };
    const administration = connectAdministration(endpoint);
    const topology = DEMO_TOPOLOGY;
    await provisionTopology(administration, topology);

    const database = openDatabase({ url: databaseUrl, poolSize: 2 });
    closers.push(() => database.close());
    await migrate(database);
    const store = openMirrorStore({ database, entities });

    const firestore = await startFirestoreEmulator({
      ...(options.web === true ? { web: { port: 0 } } : {}),
      delivery: {
        copies: options.duplicate,
        ...(options.shuffle ? { shuffle: { seed: options.seed, window: SHUFFLE_WINDOW } } : {}),
      },
    });
    closers.push(() => firestore.close());
    const env = {
      SERVICEBUS_CONNECTION_STRING: connectionString,
      DATABASE_URL: databaseUrl,
      FIRESTORE_EMULATOR_HOST: firestore.host,
      GOOGLE_CLOUD_PROJECT: PROJECT,
      // Without it, Google's client libraries look for a metadata server that is not there.
      METADATA_SERVER_DETECTION: 'none',
      HOST: '127.0.0.1',
      PORT: '0',
    };
    Object.assign(process.env, env, { GCLOUD_PROJECT: PROJECT, LOG_LEVEL: 'warn' });
    if (options.triggers !== 'later') await registerFunctions(firestore);

    let writer = await startWriter(env);
    closers.push(() => writer.stop());

    return {
      firestore,
      store,
      settings: {
        ...env,
        ...(firestore.webHost === undefined ? {} : { FIRESTORE_WEB_HOST: firestore.webHost }),
      },
      writer: () => writer,
      restartWriter: async () => {
        await writer.stop();
        writer = await startWriter(env);
      },
      deployTriggers: () => registerFunctions(firestore),
      queue: {
        waiting: async () => (await counts()).activeMessageCount,
        deadLettered: async () => (await counts()).deadLetterMessageCount,
      },
      pids: () => [...children, writer].map(({ pid }) => pid),
      close,
    };

    function counts() {
      const [subscription] = topology.subscriptions;
      return administration.getSubscriptionRuntimeProperties(
        topology.topic,
        subscription?.name ?? '',
      );
    }
  } catch (error) {
    await close();
    throw error;
  }

  async function embed(part: string, name: string): Promise<string> {
    const directory = options.dataDirectory && join(options.dataDirectory, part);
    if (directory !== undefined) await mkdir(directory, { recursive: true });
    const child = await startPart(
      mainBeside(name),
      ['--port', '0', ...(directory === undefined ? [] : ['--data-dir', directory])],
      {},
    );
    children.push(child);
    closers.push(() => child.stop());
    return String(child.announcement);
  }
}

/** Registers what `apps/triggers` exports, as a deployment would; settings must be in place by now. */
async function registerFunctions(firestore: FirestoreEmulator): Promise<void> {
  const functions = await import('@ayna/triggers');
  for (const [name, mirror] of Object.entries(functions)) {
    firestore.functions.register(mirror as unknown as CloudFunction, { name });
  }
}
