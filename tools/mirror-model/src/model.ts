import type { Columns, Entity, MirrorChange, SourceVersion, SyncSource } from '@ayna/contract';

/** What a mirror row says, beside the moment at which it was written. */
export interface ModelRow {
  readonly key: Readonly<Record<string, string>>;
  readonly columns: Columns | null;
  readonly sourceVersion: SourceVersion;
  readonly eventId: string;
  readonly syncSource: SyncSource;
  readonly retryCount: number;
  readonly deletedAt: string | null;
}

/** The row that a change leaves when it is applied. */
export function rowOf(change: MirrorChange): ModelRow {
  const { key, columns, sourceVersion, eventId, syncSource, retryCount } = change;
  const deletedAt = columns === null ? sourceVersion.toIso() : null;
  return { key, columns, sourceVersion, eventId, syncSource, retryCount, deletedAt };
}

/**
 * The rows that a history must leave, by the simplest of all mirrors: it takes the changes one by
 * one, each once, in the order in which they were committed, and the last one of a key stands.
 *
 * @returns the rows of an entity, tombstones included, in bytewise order of their keys
 */
export function modelRows(entity: Entity, history: readonly MirrorChange[]): ModelRow[] {
  const rows = new Map<string, ModelRow>();
  for (const change of history) {
    if (change.entity.name === entity.name) rows.set(keyText(change), rowOf(change));
  }
  return [...rows.values()].sort((a, b) => compareKeys(entity, a.key, b.key));
}

/** A key in one word: equal for equal keys of one entity, different for different ones. */
export function keyText({ entity, key }: Pick<MirrorChange, 'entity' | 'key'>): string {
  return JSON.stringify([entity.name, ...entity.key.map((name) => key[name])]);
}

function compareKeys(entity: Entity, a: ModelRow['key'], b: ModelRow['key']): number {
  for (const name of entity.key) {
    const order = Buffer.compare(Buffer.from(a[name] ?? ''), Buffer.from(b[name] ?? ''));
    if (order !== 0) return order;
  }
  return 0;
}
