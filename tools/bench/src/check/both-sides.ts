import { entities, projectFields, type Entity, type MirrorChange } from '@ayna/contract';
import { connectFirestore, openDocumentSource, type DocumentSource } from '@ayna/firestore';
import { openMirrorStore, type MirrorStore } from '@ayna/sql-gateway';
import { PROJECT } from '../mirror/document-load.ts';
import { makeBacklog } from '../mirror/backlog.ts';
import type { DatabaseSource } from '../databases.ts';
import { startProgram } from '../program.ts';

/** Documents and the rows that mirror them, in step. */
export interface BothSides extends AsyncDisposable {
  readonly source: DocumentSource;
  readonly store: MirrorStore;
  readonly documents: number;
}

const ROWS_AT_ONCE = 1_000;

/** Fills an embedded Firestore and an empty database with about `wanted` documents and their rows. */
export async function fillBothSides(databases: DatabaseSource, wanted: number): Promise<BothSides> {
  const closers = new AsyncDisposableStack();
  try {
    const program = await startProgram(import.meta.resolve('./firestore-program.ts'));
    closers.defer(() => program.stop());
    const { host } = program.announcement as { readonly host: string };
    process.env.FIRESTORE_EMULATOR_HOST = host;
    process.env.METADATA_SERVER_DETECTION = 'none';
    const firestore = await connectFirestore(PROJECT);
    closers.defer(() => firestore.terminate());
    const database = closers.use(await databases.fresh());
    const store = closers.use(openMirrorStore({ database: database.url, entities }));

    const writer = firestore.bulkWriter({ throttling: false });
    // Six changes in ten are creates.
    const creates = makeBacklog(Math.ceil(wanted / 0.6)).changes.filter(({ before }) => !before);
    for (const { path, after } of creates) {
      if (after) void writer.set(firestore.doc(path), after.fields);
    }
    await writer.close();
    const source = openDocumentSource(firestore);
    for (const entity of entities) await mirrorEntity(entity, source, store);
    return {
      source,
      store,
      documents: creates.length,
      [Symbol.asyncDispose]: () => closers.disposeAsync(),
    };
  } catch (error) {
    await closers.disposeAsync();
    throw error;
  }
}

async function mirrorEntity(
  entity: Entity,
  source: DocumentSource,
  store: MirrorStore,
): Promise<void> {
  let changes: MirrorChange[] = [];
  for await (const { key, path, state } of source.scan(entity)) {
    changes.push({
      entity,
      key,
      sourceVersion: state.version,
      columns: projectFields(entity, state.fields),
      eventId: path,
      syncSource: 'backfill',
      retryCount: 0,
    });
    if (changes.length < ROWS_AT_ONCE) continue;
    await store.apply(changes);
    changes = [];
  }
  await store.apply(changes);
}
