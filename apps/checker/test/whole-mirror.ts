import {
  encodeDocument,
  entities,
  locateDocument,
  SourceVersion,
  type DocumentChange,
  type DocumentState,
} from '@ayna/contract';
import { startFirestoreEmulator } from '@ayna/emulator-firestore';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { startPglite } from '@ayna/emulator-sql';
import { connectFirestore, openDocumentSource, type DocumentSource } from '@ayna/firestore';
import { createLogger } from '@ayna/platform';
import { startProcessor, type Processor } from '@ayna/processor';
import { openChangePublisher, type ChangePublisher } from '@ayna/publisher';
import {
  connectAdministration,
  connectServiceBus,
  mirrorTopology,
  provisionTopology,
  type ServiceBusPlace,
} from '@ayna/service-bus';
import { migrate, openDatabase, openMirrorStore, type MirrorStore } from '@ayna/sql-gateway';
import type { Firestore } from 'firebase-admin/firestore';
import { sql } from 'kysely';

/** What a document holds; undefined: it is deleted. */
type Fields = Readonly<Record<string, unknown>> | undefined;

/** Firestore, the broker, a running writer and SQL, and what a test does to them. */
export interface WholeMirror extends AsyncDisposable {
  readonly firestore: Firestore;
  readonly source: DocumentSource;
  readonly store: MirrorStore;
  readonly serviceBus: ServiceBusPlace;
  /** For programs that run beside the test. */
  readonly env: Readonly<Record<string, string>>;
  /** Publishes what repairs publish. */
  readonly repairs: ChangePublisher;
  /** Writes a document and publishes the change, as the trigger does. */
  write(path: string, fields: Fields): Promise<void>;
  /** Resolves when everything published has been applied. */
  settled(): Promise<void>;
  deadLettered(): number;
  /** Runs a statement on the database, as somebody with a SQL prompt would. */
  tamper(statement: string): Promise<void>;
  clear(): Promise<void>;
}

export async function openWholeMirror(): Promise<WholeMirror> {
  const [emulator, broker, server] = await Promise.all([
    startFirestoreEmulator(),
    startServiceBusEmulator(),
    startPglite(),
  ]);
  const env = {
    FIRESTORE_EMULATOR_HOST: emulator.host,
    METADATA_SERVER_DETECTION: 'none',
    GOOGLE_CLOUD_PROJECT: 'whole-mirror',
    SERVICEBUS_CONNECTION_STRING: broker.connectionString,
    DATABASE_URL: server.url,
  };
  Object.assign(process.env, env);
  const firestore = await connectFirestore(env.GOOGLE_CLOUD_PROJECT);
  const source = openDocumentSource(firestore);
  const database = openDatabase({ url: server.url });
  await migrate(database);
  const store = openMirrorStore({ database, entities });
  const topology = mirrorTopology();
  const [{ name: subscription } = { name: '' }] = topology.subscriptions;
  const endpoint = { kind: 'connectionString', connectionString: broker.connectionString } as const;
  const serviceBus = { endpoint, topic: topology.topic, subscription };
  await provisionTopology(connectAdministration(endpoint), topology);
  const processor: Processor = startProcessor({
    connect: () => connectServiceBus(endpoint),
    topic: topology.topic,
    subscription,
    store,
    entities,
    logger: createLogger('test', 'silent'),
    readDocument: async (path) => {
      const located = locateDocument(entities, path);
      const [reading] = located ? await source.readMany(located.entity, [located.key]) : [];
      const state = reading?.document?.state;
      return state && { document: encodeDocument(state.fields), version: state.version };
    },
  });
  const triggers = openChangePublisher(serviceBus, entities, 'trigger');
  const repairs = openChangePublisher(serviceBus, entities, 'repair');
  let published = 0;
  const counted =
    (publisher: ChangePublisher): ChangePublisher['publish'] =>
    (change) => {
      published += 1;
      return publisher.publish(change);
    };
  const settledCount = () => {
    const { applied, stale, duplicate, deadLettered } = processor.status().counts;
    return applied + stale + duplicate + deadLettered;
  };
  const publishTrigger = counted(triggers);
  return {
    firestore,
    source,
    store,
    serviceBus,
    env,
    repairs: { ...repairs, publish: counted(repairs) },
    async write(path, fields) {
      const change = await commit(firestore, path, fields);
      if (change) await publishTrigger({ ...change, source: source.name });
    },
    async settled() {
      while (settledCount() < published || processor.status().inHand > 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    deadLettered: () => processor.status().counts.deadLettered,
    async tamper(statement) {
      await sql.raw(statement).execute(database.kysely);
    },
    async clear() {
      emulator.clear();
      for (const table of ['dm_messages', 'dm_conversations', 'follow_edges']) {
        await sql.raw(`DELETE FROM ${table}_mirror`).execute(database.kysely);
      }
    },
    async [Symbol.asyncDispose]() {
      await processor.stop();
      await triggers[Symbol.asyncDispose]();
      await repairs[Symbol.asyncDispose]();
      await database.close();
      await firestore.terminate();
      await Promise.all([emulator.close(), broker.close(), server.close()]);
    },
  };
}

/** Writes or deletes a document, and tells the change as its trigger would see it. */
async function commit(
  firestore: Firestore,
  path: string,
  fields: Fields,
): Promise<Omit<DocumentChange, 'source'> | undefined> {
  if (!locateDocument(entities, path)) throw new Error(`${path} belongs to no entity`);
  const document = firestore.doc(path);
  const before = await document.get();
  if (!fields && !before.exists) return undefined;
  const { writeTime } = fields ? await document.set(fields) : await document.delete();
  const version = SourceVersion.fromTimestamp(writeTime.seconds, writeTime.nanoseconds);
  const data = before.data();
  const state: DocumentState | undefined = data &&
    before.updateTime && {
      fields: data,
      version: SourceVersion.fromTimestamp(
        before.updateTime.seconds,
        before.updateTime.nanoseconds,
      ),
    };
  // A write that changes nothing is no change: it triggers nothing.
  if (fields && state?.version.compare(version) === 0) return undefined;
  return {
    path,
    before: state,
    after: fields && { fields, version },
    deletedAt: version,
    originId: `test-${version.toString()}`,
  };
}
