import { snakeCase } from '@ayna/contract';
import type { Kysely } from 'kysely';
import type { UsersOptions } from '../mirror-store.ts';
import { runSql } from '../run-sql.ts';
import { quote, type EntitySql } from './entity-sql.ts';

/** Reads one page of the user ids that the live rows of an entity hold. */
export async function readUsers(
  kysely: Kysely<unknown>,
  { entity, table }: EntitySql,
  { after = '', limit }: UsersOptions,
): Promise<string[]> {
  if (entity.users.length === 0) return [];
  const ids = entity.users.map((name) => {
    const column = quote(snakeCase(name));
    const live = `FROM ${table} WHERE deleted_at IS NULL`;
    return entity.fields[name]?.kind === 'json'
      ? `SELECT jsonb_path_query(${column}, '$[*] ? (@.type() == "string")') #>> '{}' AS id ${live}`
      : `SELECT ${column} AS id ${live}`;
  });
  const rows = await runSql<{ readonly id: string }>(
    kysely,
    `SELECT DISTINCT id COLLATE "C" AS id FROM (${ids.join(' UNION ALL ')}) AS seen
     WHERE id COLLATE "C" > $1 ORDER BY 1 LIMIT $2`,
    [after, limit],
  );
  return rows.map(({ id }) => id);
}
