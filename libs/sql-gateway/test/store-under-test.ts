import type { Entity } from '@ayna/contract';
import type { Database, MirrorRow, MirrorStore } from '../src/index.ts';

/** A migrated database of its own, and a store on it. */
export interface StoreUnderTest extends AsyncDisposable {
  readonly url: string;
  readonly database: Database;
  readonly store: MirrorStore;
}

/** What a row says beside the moment it was written. */
export type RowContent = Omit<MirrorRow, 'mirroredAt'>;

export async function contentOf(store: MirrorStore, entity: Entity): Promise<RowContent[]> {
  const rows: RowContent[] = [];
  for await (const row of store.scan(entity, { includeTombstones: true })) {
    const { key, columns, sourceVersion, eventId, syncSource, retryCount, deletedAt } = row;
    rows.push({ key, columns, sourceVersion, eventId, syncSource, retryCount, deletedAt });
  }
  return rows;
}
