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
  for await (const { mirroredAt: _, ...row } of store.scan(entity, { includeTombstones: true })) {
    rows.push(row);
  }
  return rows;
}
