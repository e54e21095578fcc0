import { AynaError, type Entity } from '@ayna/contract';
import type { Database } from '../database.ts';
import type { MirrorRow, MirrorStore, ScanOptions } from '../mirror-store.ts';
import type { ProcedureNames } from '../procedure-names.ts';
import { applyChanges } from './apply-changes.ts';
import { entitySql, type EntitySql } from './entity-sql.ts';
import { purgeTombstones } from './purge-tombstones.ts';
import { countRows, readBoundaries, readPage, readRow, readRows } from './read-rows.ts';
import { readKnownUsers, readUsers } from './read-users.ts';
import { sqlError } from '../errors/sql-error.ts';
import { verifyMirrorSchema } from './verify-mirror-schema.ts';

/** The mirror store in PostgreSQL; whoever opened the database closes it. */
export function postgresMirrorStore(
  { kysely, target }: Database,
  entities: readonly Entity[],
  procedureNames: ProcedureNames,
): Omit<MirrorStore, 'close' | typeof Symbol.asyncDispose> {
  const targets = new Map(
    entities.map((entity) => [entity.name, entitySql(entity, procedureNames)]),
  );
  const targetOf = ({ name }: Entity): EntitySql => {
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
    attempt(`reading ${entity.name}`, () => readPage(kysely, targetOf(entity), options));
  return {
    apply: (changes) =>
      attempt(`writing ${changes.length} changes`, () => applyChanges(kysely, targets, changes)),
    read: (entity, key) =>
      attempt(`reading ${entity.name}`, () => readRow(kysely, targetOf(entity), key)),
    readMany: (entity, keys) =>
      attempt(`reading ${keys.length} rows of ${entity.name}`, () =>
        readRows(kysely, targetOf(entity), keys),
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
        countRows(kysely, targetOf(entity), includeTombstones),
      ),
    boundaries: (entity, every) =>
      attempt(`cutting ${entity.name} into ranges`, () =>
        readBoundaries(kysely, targetOf(entity), every),
      ),
    users: (entity, options) =>
      attempt(`reading the users in ${entity.name}`, () =>
        readUsers(kysely, targetOf(entity), options),
      ),
    knownUsers: (entity, ids) =>
      attempt(`looking for users in ${entity.name}`, () =>
        readKnownUsers(kysely, targetOf(entity), ids),
      ),
    purgeTombstones: (entity, olderThan, limit) =>
      attempt(`purging tombstones of ${entity.name}`, () =>
        purgeTombstones(kysely, targetOf(entity), olderThan, limit),
      ),
    verifySchema: () =>
      attempt('checking the schema', () => verifyMirrorSchema(kysely, [...targets.values()])),
  };
}
