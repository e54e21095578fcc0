import { entities } from '@ayna/contract';
import { startFirestoreEmulator, type FirestoreEmulator } from '@ayna/emulator-firestore';
import { startPglite } from '@ayna/emulator-sql';
import { connectFirestore, openDocumentSource } from '@ayna/firestore';
import { createLogger } from '@ayna/platform';
import {
  migrate,
  openDatabase,
  openMirrorReads,
  openMirrorStore,
  type Database,
  type MirrorStore,
} from '@ayna/sql-gateway';
import type { Firestore } from 'firebase-admin/firestore';
import type { StartSql } from './sql-servers.ts';
import {
  createGateway,
  GatewayError,
  openCallLimiter,
  type Gateway,
  type GatewayPorts,
} from '../src/index.ts';

/** A Firestore, a mirror and a gateway between them. */
export interface GatewayUnderTest extends AsyncDisposable {
  readonly emulator: FirestoreEmulator;
  readonly firestore: Firestore;
  readonly database: Database;
  readonly store: MirrorStore;
  readonly gateway: Gateway;
  /** Another gateway on the same ends, but for those that the test gives. */
  withPorts(ports: Partial<GatewayPorts>): Gateway;
}

/** More calls than a test makes. */
const UNLIMITED = { calls: 1_000_000, windowSeconds: 60 };

/** Starts the ends. @param sql starts the database; PGlite when not given */
export async function openGatewayUnderTest(sql: StartSql = startPglite): Promise<GatewayUnderTest> {
  const emulator = await startFirestoreEmulator();
  process.env.FIRESTORE_EMULATOR_HOST = emulator.host;
  process.env.METADATA_SERVER_DETECTION = 'none';
  const firestore = await connectFirestore('gateway-test');
  const server = await sql();
  const database = openDatabase({ url: server.url });
  await migrate(database);
  const store = openMirrorStore({ database, entities });
  const limiter = await openCallLimiter(UNLIMITED);
  const ports: GatewayPorts = {
    source: openDocumentSource(firestore),
    store,
    reads: openMirrorReads(database),
    limiter,
    logger: createLogger('test', 'silent'),
  };
  return {
    emulator,
    firestore,
    database,
    store,
    gateway: createGateway(ports),
    withPorts: (given) => createGateway({ ...ports, ...given }),
    async [Symbol.asyncDispose]() {
      await limiter.close();
      await database.close();
      await server[Symbol.asyncDispose]();
      await firestore.terminate();
      await emulator.close();
    },
  };
}

/** How a call was refused, with its details; or what it answered instead. */
export async function refusalOf(call: Promise<unknown>): Promise<object> {
  try {
    return { answered: await call };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { refused: error.code, ...error.details };
  }
}
