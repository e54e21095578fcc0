import {
  encodeDocument,
  entities,
  locateDocument,
  projectDocument,
  SourceVersion,
  type Columns,
  type Entity,
  type MirrorChange,
} from '@ayna/contract';
import { startFirestoreEmulator, type FirestoreEmulator } from '@ayna/emulator-firestore';
import { startPglite, type RunningDatabase } from '@ayna/emulator-sql';
import { connectFirestore, openDocumentSource, type DocumentSource } from '@ayna/firestore';
import {
  migrate,
  openDatabase,
  openMirrorStore,
  type Database,
  type MirrorStore,
} from '@ayna/sql-gateway';
import type { Firestore } from 'firebase-admin/firestore';
import { sql } from 'kysely';

/** Both ends of a mirror, and what a test does to them. */
export interface MirrorUnderCheck extends AsyncDisposable {
  readonly firestore: Firestore;
  readonly source: DocumentSource;
  readonly store: MirrorStore;
  /** Writes documents; undefined deletes. Nothing carries them to SQL. */
  write(
    documents: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>,
  ): Promise<void>;
  /** Brings every document into SQL, as the writer would. */
  mirror(): Promise<void>;
  /** Writes a row of its own making into SQL: a change that no document stands behind. */
  putRow(path: string, version: bigint, columns: Columns | null): Promise<void>;
  /** Runs a statement on the database, as somebody with a SQL prompt would. */
  tamper(statement: string): Promise<void>;
  /** Empties both ends. */
  clear(): Promise<void>;
}

export async function openMirrorUnderCheck(): Promise<MirrorUnderCheck> {
  const emulator: FirestoreEmulator = await startFirestoreEmulator();
  const server: RunningDatabase = await startPglite();
  process.env.FIRESTORE_EMULATOR_HOST = emulator.host;
  process.env.METADATA_SERVER_DETECTION = 'none';
  const firestore = await connectFirestore('checked');
  const source = openDocumentSource(firestore);
  const database: Database = openDatabase({ url: server.url });
  await migrate(database);
  const store = openMirrorStore({ database, entities });
  return {
    firestore,
    source,
    store,
    async write(documents) {
      const writer = firestore.bulkWriter();
      for (const [path, fields] of Object.entries(documents)) {
        const document = firestore.doc(path);
        void (fields ? writer.set(document, fields) : writer.delete(document));
      }
      await writer.close();
    },
    async mirror() {
      for (const entity of entities) {
        const changes: MirrorChange[] = [];
        for await (const { key, state } of source.scan(entity)) {
          const columns = projectDocument(entity, encodeDocument(state.fields));
          changes.push(changeOf(entity, key, state.version, columns));
        }
        await store.apply(changes);
      }
    },
    async putRow(path, version, columns) {
      const located = locateDocument(entities, path);
      if (!located) throw new Error(`${path} belongs to no entity`);
      const { entity, key } = located;
      await store.apply([changeOf(entity, key, SourceVersion.fromMicros(version), columns)]);
    },
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
      await database.close();
      await server.close();
      await firestore.terminate();
      await emulator.close();
    },
  };
}

function changeOf(
  entity: Entity,
  key: Readonly<Record<string, string>>,
  sourceVersion: SourceVersion,
  columns: Columns | null,
): MirrorChange {
  return {
    entity,
    key,
    sourceVersion,
    columns,
    eventId: 'e',
    syncSource: 'trigger',
    retryCount: 0,
  };
}
