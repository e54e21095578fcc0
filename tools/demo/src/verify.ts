import { isDeepStrictEqual } from 'node:util';
import {
  encodeDocument,
  entities,
  locateDocument,
  projectDocument,
  SourceVersion,
  type Entity,
} from '@ayna/contract';
import type { MirrorRow, MirrorStore } from '@ayna/sql-gateway';
import type { Firestore, QueryDocumentSnapshot } from 'firebase-admin/firestore';

/** How the mirror differs from Firestore. */
export interface Drift {
  /** Documents and tombstones compared. */
  readonly checked: number;
  /** Live documents without a live row, and deleted documents without a tombstone. */
  readonly missing: number;
  /** Live rows of this run without a document. */
  readonly extra: number;
  /** Rows whose version or columns are not the document's. */
  readonly different: number;
  /** The first few paths at fault, for a person. */
  readonly examples: readonly string[];
}

const PAGE = 1_000;
const MAX_EXAMPLES = 10;

/**
 * Compares every document with its row and every deleted one with its tombstone, walking both sides
 * in key order, so that memory does not grow with the data.
 *
 * @param touched the paths this run wrote to: those that are gone must have a tombstone
 * @param since live rows of a version before it belong to an earlier run, and are passed over
 */
export async function verifyMirror(
  firestore: Firestore,
  store: MirrorStore,
  touched: ReadonlySet<string>,
  since: SourceVersion,
): Promise<Drift> {
  const drift = { checked: 0, missing: 0, extra: 0, different: 0, examples: [] as string[] };
  const fault = (kind: 'missing' | 'extra' | 'different', path: string) => {
    drift[kind] += 1;
    if (drift.examples.length < MAX_EXAMPLES) drift.examples.push(`${kind}: ${path}`);
  };
  for (const entity of entities) {
    const rows = store.scan(entity, { includeTombstones: true })[Symbol.asyncIterator]();
    const documents = documentsOf(firestore, entity);
    let row = await nextOf(rows);
    let document = await nextOf(documents);
    while (row ?? document) {
      const order = compareKeys(entity, row, document);
      if (order === 0 && row && document) {
        drift.checked += 1;
        if (row.deletedAt !== null) fault('missing', document.ref.path);
        else if (!isMirrored(entity, row, document)) fault('different', document.ref.path);
      } else if (order > 0 && document) {
        drift.checked += 1;
        fault('missing', document.ref.path);
      } else if (row) {
        const path = entity.path.format(row.key);
        if (row.deletedAt === null) {
          if (row.sourceVersion.compare(since) >= 0) fault('extra', path);
        } else if (touched.has(path)) drift.checked += 1;
      }
      if (order <= 0) row = await nextOf(rows);
      if (order >= 0) document = await nextOf(documents);
    }
  }
  await checkTombstones(firestore, store, touched, drift, fault);
  return drift;
}

/** What was touched, is gone, and was not met as a tombstone on the way, is missing. */
async function checkTombstones(
  firestore: Firestore,
  store: MirrorStore,
  touched: ReadonlySet<string>,
  drift: { checked: number },
  fault: (kind: 'missing', path: string) => void,
): Promise<void> {
  if (drift.checked >= touched.size) return;
  for (const path of touched) {
    const located = locateDocument(entities, path);
    if (!located) continue;
    const row = await store.read(located.entity, located.key);
    if (row || (await firestore.doc(path).get()).exists) continue;
    drift.checked += 1;
    fault('missing', path);
  }
}

function isMirrored(entity: Entity, row: MirrorRow, document: QueryDocumentSnapshot): boolean {
  const { seconds, nanoseconds } = document.updateTime;
  return (
    row.sourceVersion.compare(SourceVersion.fromTimestamp(seconds, nanoseconds)) === 0 &&
    isDeepStrictEqual(row.columns, projectDocument(entity, encodeDocument(document.data())))
  );
}

/** The documents of an entity, in the bytewise order of their paths. */
async function* documentsOf(
  firestore: Firestore,
  entity: Entity,
): AsyncGenerator<QueryDocumentSnapshot, undefined> {
  const collection = entity.path.pattern.split('/').at(-2) ?? '';
  const group = firestore.collectionGroup(collection).orderBy('__name__').limit(PAGE);
  let last: QueryDocumentSnapshot | undefined;
  for (;;) {
    const page: QueryDocumentSnapshot[] = (await (last ? group.startAfter(last) : group).get())
      .docs;
    for (const document of page) if (entity.path.match(document.ref.path)) yield document;
    last = page.at(-1);
    if (page.length < PAGE) return undefined;
  }
}

async function nextOf<Item>(iterator: AsyncIterator<Item>): Promise<Item | undefined> {
  const next = await iterator.next();
  return next.done === true ? undefined : next.value;
}

/** Below zero when the row comes first, above when the document does. */
function compareKeys(
  entity: Entity,
  row: MirrorRow | undefined,
  document: QueryDocumentSnapshot | undefined,
): number {
  if (!row) return 1;
  if (!document) return -1;
  const key = entity.path.match(document.ref.path) ?? {};
  for (const name of entity.key) {
    const order = Buffer.compare(Buffer.from(row.key[name] ?? ''), Buffer.from(key[name] ?? ''));
    if (order !== 0) return order;
  }
  return 0;
}
