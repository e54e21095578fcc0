import { checkMirror, type Difference } from '@ayna/consistency';
import { entities, locateDocument, type SourceVersion } from '@ayna/contract';
import { openDocumentSource } from '@ayna/firestore';
import type { MirrorStore } from '@ayna/sql-gateway';
import type { Firestore } from 'firebase-admin/firestore';

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

const faults = {
  missingInSql: 'missing',
  missingInFirestore: 'extra',
  stale: 'different',
  different: 'different',
} as const;

/** Everything has arrived by now, so a second look need not wait. */
const PAUSE_MS = 100;
const READ_AT_ONCE = 1_000;
const MAX_EXAMPLES = 10;

/**
 * Compares every document with its row and every deleted one with its tombstone, in memory that
 * does not grow with the data.
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
  const isOfEarlierRun = ({ kind, rowVersion }: Difference) =>
    kind === 'missingInFirestore' && (rowVersion?.compare(since) ?? 0) < 0;
  const { total } = await checkMirror({
    entities,
    source: openDocumentSource(firestore),
    store,
    recheck: { pauseMs: PAUSE_MS },
    onDifference: ({ difference }) => {
      if (isOfEarlierRun(difference)) drift.checked -= 1;
      else fault(faults[difference.kind], difference.path);
    },
  });
  drift.checked += total.checked;
  for await (const { path, hasTombstone } of deletedAmong(touched, firestore, store)) {
    drift.checked += 1;
    if (!hasTombstone) fault('missing', path);
  }
  return drift;
}

/** The paths that have neither a live row nor a document, and whether a tombstone stands for them. */
async function* deletedAmong(
  touched: ReadonlySet<string>,
  firestore: Firestore,
  store: MirrorStore,
): AsyncGenerator<{ readonly path: string; readonly hasTombstone: boolean }> {
  for (const entity of entities) {
    const paths = [...touched].filter((path) => locateDocument([entity], path));
    for (let at = 0; at < paths.length; at += READ_AT_ONCE) {
      const some = paths.slice(at, at + READ_AT_ONCE);
      const rows = await store.readMany(
        entity,
        some.map((path) => entity.path.match(path) ?? {}),
      );
      for (const [index, path] of some.entries()) {
        const row = rows[index];
        if (row?.deletedAt === null) continue;
        if (!row && (await firestore.doc(path).get()).exists) continue;
        yield { path, hasTombstone: row !== undefined };
      }
    }
  }
}
