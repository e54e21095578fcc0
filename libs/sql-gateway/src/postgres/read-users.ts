import { snakeCase } from '@ayna/contract';
import type { Kysely } from 'kysely';
import type { UsersOptions } from '../mirror-store.ts';
import { runSql } from '../run-sql.ts';
import { quote, type EntitySql } from './entity-sql.ts';

/** Reads one page of the user ids that the live rows of an entity hold. */
export async function readUsers(
  kysely: Kysely<unknown>,
  entitySql: EntitySql,
  { after = '', limit }: UsersOptions,
): Promise<string[]> {
  if (entitySql.entity.users.length === 0) return [];
  const rows = await runSql<{ readonly id: string }>(
    kysely,
    `SELECT DISTINCT id COLLATE "C" AS id FROM (${selectUsers(entitySql)}) AS seen
     WHERE id COLLATE "C" > $1 ORDER BY 1 LIMIT $2`,
    [after, limit],
  );
  return rows.map(({ id }) => id);
}

/** Reads which of some user ids the live rows of an entity hold. */
export async function readKnownUsers(
  kysely: Kysely<unknown>,
  entitySql: EntitySql,
  ids: readonly string[],
): Promise<Set<string>> {
  // Empty text is nobody's id; text in PostgreSQL holds no NUL, so no row has an id with one.
  const storable = ids.filter((id) => id !== '' && !id.includes('\0'));
  if (entitySql.entity.users.length === 0 || storable.length === 0) return new Set();
  const rows = await runSql<{ readonly id: string }>(
    kysely,
    `SELECT DISTINCT id FROM (${selectUsers(entitySql)}) AS seen WHERE id = ANY($1::text[])`,
    [storable],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Every user id in the live rows, as often as it is there. */
function selectUsers({ entity, table }: EntitySql): string {
  const ids = entity.users.map((name) => {
    const column = quote(snakeCase(name));
    const live = `FROM ${table} WHERE deleted_at IS NULL`;
    return entity.fields[name]?.kind === 'json'
      ? `SELECT jsonb_path_query(${column}, '$[*] ? (@.type() == "string")') #>> '{}' AS id ${live}`
      : `SELECT ${column} AS id ${live}`;
  });
  return ids.join(' UNION ALL ');
}
