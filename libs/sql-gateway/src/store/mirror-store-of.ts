import { AynaError, type Entity } from '@ayna/contract';
import type { Database } from '../database.ts';
import type { MirrorRow, MirrorStore, ScanOptions } from '../mirror-store.ts';
import { sqlError } from '../errors/sql-error.ts';
import type { ProcedureNames } from '../procedure-names.ts';
import { batchByEntity, type EntityTarget } from './batches.ts';
import type { StoreStatements } from './store-statements.ts';
import { traceWrites } from './trace-writes.ts';

/** Few enough that a writer which meets one of the rows hardly waits. */
const PURGE_BATCH_SIZE = 1_000;

/** The mirror store in one dialect; whoever opened the database closes it. */
export function mirrorStoreOf<Target extends EntityTarget>(
  statements: StoreStatements<Target>,
  database: Database,
  entities: readonly Entity[],
  procedureNames: ProcedureNames,
): Omit<MirrorStore, 'close' | typeof Symbol.asyncDispose> {
  const { kysely, target } = database;
  const targets = new Map(
    entities.map((entity) => [entity.name, statements.target(entity, procedureNames)]),
  );
  const targetOf = ({ name }: Entity): Target => {
    const found = targets.get(name);
    if (found) return found;
    throw new AynaError('UnknownEntity', `the store was opened without the entity ${name}`);
  };
  const attempt = async <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw sqlError(error, `${doing} (${target})`);
    }
  };
  const pageOf = (entity: Entity, options: ScanOptions): Promise<MirrorRow[]> =>
    attempt(`reading ${entity.name}`, () => statements.readPage(kysely, targetOf(entity), options));
  return {
    apply: (changes, contexts) =>
      traceWrites({
        database,
        batches: () => batchByEntity(targets, changes),
        contexts,
        write: () =>
          attempt(`writing ${changes.length} changes`, () =>
            statements.applyChanges(kysely, targets, changes),
          ),
      }),
    read: (entity, key) =>
      attempt(`reading ${entity.name}`, async () => {
        const [row] = await statements.readRows(kysely, targetOf(entity), [key]);
        return row;
      }),
    readMany: (entity, keys) =>
      attempt(`reading ${keys.length} rows of ${entity.name}`, () =>
        statements.readRows(kysely, targetOf(entity), keys),
      ),
    async *scan(entity, options = {}) {
      let page = await pageOf(entity, options);
      for (let last = page.at(-1); last; last = page.at(-1)) {
        yield* page;
        page = await pageOf(entity, { ...options, after: last.key });
      }
    },
    count: (entity, { includeTombstones = false } = {}) =>
      attempt(`counting ${entity.name}`, () =>
        statements.countRows(kysely, targetOf(entity), includeTombstones),
      ),
    boundaries: (entity, every) =>
      attempt(`cutting ${entity.name} into ranges`, () =>
        statements.readBoundaries(kysely, targetOf(entity), every),
      ),
    users: (entity, options) =>
      attempt(`reading the users in ${entity.name}`, () =>
        statements.readUsers(kysely, targetOf(entity), options),
      ),
    knownUsers: (entity, ids) =>
      attempt(`looking for users in ${entity.name}`, () =>
        statements.readKnownUsers(kysely, targetOf(entity), ids),
      ),
    purgeTombstones: (entity, olderThan, limit = Number.POSITIVE_INFINITY) =>
      attempt(`purging tombstones of ${entity.name}`, async () => {
        let purged = 0;
        while (purged < limit) {
          const batchSize = Math.min(PURGE_BATCH_SIZE, limit - purged);
          const count = await statements.purgeBatch(kysely, targetOf(entity), olderThan, batchSize);
          purged += count;
          if (count < batchSize) break;
        }
        return purged;
      }),
    verifySchema: () =>
      attempt('checking the schema', () =>
        statements.verifyMirrorSchema(kysely, [...targets.values()]),
      ),
  };
}
