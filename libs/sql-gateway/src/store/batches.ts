import { AynaError, type Entity, type MirrorChange } from '@ayna/contract';

/** What the statements about an entity are made of, in one dialect. */
export interface EntityTarget {
  readonly entity: Entity;
  /** Procedures, quoted. */
  readonly upsert: string;
  readonly delete: string;
}

/** The changes of one entity: one call of one procedure. */
export interface Batch<Target extends EntityTarget> {
  readonly target: Target;
  readonly changes: MirrorChange[];
  /** Where each change stood in the input. */
  readonly positions: number[];
}

/**
 * Sorts changes by entity, the entities in the order of their names. With the keys in order inside
 * the procedures, all writers then lock rows in one order and never deadlock.
 *
 * @throws AynaError `UnknownEntity` for an entity the store was opened without
 */
export function batchByEntity<Target extends EntityTarget>(
  targets: ReadonlyMap<string, Target>,
  changes: readonly MirrorChange[],
): Batch<Target>[] {
  const batches = new Map<string, Batch<Target>>();
  for (const [position, change] of changes.entries()) {
    const { name } = change.entity;
    let batch = batches.get(name);
    if (!batch) {
      const target = targets.get(name);
      if (!target) {
        throw new AynaError('UnknownEntity', `the store was opened without the entity ${name}`);
      }
      batch = { target, changes: [], positions: [] };
      batches.set(name, batch);
    }
    batch.changes.push(change);
    batch.positions.push(position);
  }
  return [...batches.values()].sort((a, b) =>
    a.target.entity.name < b.target.entity.name ? -1 : 1,
  );
}

/**
 * Whether the delete procedure can take a batch. One of writes and deletions goes whole to the upsert
 * procedure, which takes tombstones among them, so that one call locks all rows in the order of keys.
 */
export function isDeletion({ changes }: Batch<EntityTarget>): boolean {
  return changes.every(({ columns }) => columns === null);
}
