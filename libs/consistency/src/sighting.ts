import type { Entity } from '@ayna/contract';
import type { DocumentSource, SourceDocument } from '@ayna/firestore';
import type { MirrorRow, MirrorStore } from '@ayna/sql-gateway';
import { compareKeys, type MirrorKey } from './document-key.ts';
import { readAhead } from './read-ahead.ts';

/** What both sides have at one key. */
export interface Sighting {
  readonly key: MirrorKey;
  readonly document: SourceDocument | undefined;
  /** A tombstone is a row too. */
  readonly row: MirrorRow | undefined;
}

/** A part of the key space: behind `after`, up to and with `upTo`. */
export interface KeyRange {
  readonly after?: MirrorKey;
  readonly upTo?: MirrorKey;
}

const PAGE_SIZE = 250;

/**
 * Walks both sides in key order at the same time. Memory holds some pages of each side, however
 * much there is.
 *
 * Each document and each row is met once even where a side is not in order (Firestore puts numeric
 * ids of old first); the two of such a key are met apart, and a second look finds them in step.
 */
export async function* walkBoth(
  entity: Entity,
  source: DocumentSource,
  store: MirrorStore,
  range: KeyRange,
): AsyncGenerator<Sighting, void, undefined> {
  const documents = source.scan(entity, { ...range, pageSize: PAGE_SIZE })[Symbol.asyncIterator]();
  const rows = readAhead(
    store.scan(entity, { ...range, pageSize: PAGE_SIZE, includeTombstones: true }),
    PAGE_SIZE,
  );
  try {
    let document = await nextOf(documents);
    let row = await nextOf(rows);
    while (document ?? row) {
      const order = orderOf(entity, document, row);
      if (order === 0 && document) yield { key: document.key, document, row };
      else if (order < 0 && document) yield { key: document.key, document, row: undefined };
      else if (row) yield { key: row.key, document: undefined, row };
      if (order <= 0) document = await nextOf(documents);
      if (order >= 0) row = await nextOf(rows);
    }
  } finally {
    await documents.return?.();
    await rows.return();
  }
}

/** Below zero when the document comes first, above when the row does. */
function orderOf(
  entity: Entity,
  document: SourceDocument | undefined,
  row: MirrorRow | undefined,
): number {
  if (!row) return -1;
  return document ? compareKeys(entity, document.key, row.key) : 1;
}

async function nextOf<Item>(iterator: AsyncIterator<Item>): Promise<Item | undefined> {
  const next = await iterator.next();
  return next.done === true ? undefined : next.value;
}
