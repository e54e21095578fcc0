import { pascalCase } from '@ayna/contract';
import type { Kysely } from 'kysely';
import type { UsersOptions } from '../mirror-store.ts';
import { runSql } from '../run-sql.ts';
import { quote, type SqlServerTarget } from './entity-target.ts';
import { utf8Bytes, utf8Text } from './read-selected.ts';

interface UserRow {
  readonly bytes: unknown;
}

/** Reads one page of the user ids that the live rows of an entity hold. */
export async function readUsers(
  kysely: Kysely<unknown>,
  target: SqlServerTarget,
  { after = '', limit }: UsersOptions,
): Promise<string[]> {
  if (target.entity.users.length === 0) return [];
  const rows = await runSql<UserRow>(
    kysely,
    `SELECT DISTINCT TOP (@2) bytes FROM (${selectUsers(target)}) AS seen
     WHERE bytes > @1 ORDER BY bytes`,
    [utf8Bytes(after), limit],
  );
  return rows.map(({ bytes }) => utf8Text(bytes));
}

/** Reads which of some user ids the live rows of an entity hold. */
export async function readKnownUsers(
  kysely: Kysely<unknown>,
  target: SqlServerTarget,
  ids: readonly string[],
): Promise<Set<string>> {
  // Empty text is nobody's id; the contract stores no U+0000, so no row has an id with one.
  const storable = ids.filter((id) => id !== '' && !id.includes('\0'));
  if (target.entity.users.length === 0 || storable.length === 0) return new Set();
  const rows = await runSql<UserRow>(
    kysely,
    `SELECT DISTINCT seen.bytes FROM (${selectUsers(target)}) AS seen
     INNER JOIN OPENJSON(@1) AS asked ON CONVERT(varbinary(max), asked.[value], 2) = seen.bytes`,
    [JSON.stringify(storable.map((id) => utf8Bytes(id).toString('hex')))],
  );
  return new Set(rows.map(({ bytes }) => utf8Text(bytes)));
}

/** The UTF-8 bytes of every user id in the live rows, as often as it is there. */
function selectUsers({ entity, table }: SqlServerTarget): string {
  const ids = entity.users.map((name) => {
    const column = quote(pascalCase(name));
    const live = `${table} AS mirror`;
    if (entity.key.includes(name)) {
      return `SELECT ${quote(`${pascalCase(name)}Utf8`)} AS bytes FROM ${live} WHERE mirror.[DeletedAt] IS NULL`;
    }
    const isUser = 'mirror.[DeletedAt] IS NULL AND DATALENGTH(id) > 0';
    if (entity.fields[name]?.kind !== 'json') {
      return `SELECT dbo.fn_StoreMirror_Utf8(id) AS bytes FROM (SELECT ${column} AS id, [DeletedAt] FROM ${live}) AS mirror WHERE ${isUser}`;
    }
    // OPENJSON takes arrays and objects only, hence the brackets around what may be text alone.
    return `SELECT dbo.fn_StoreMirror_Utf8(id) AS bytes FROM ${live}
      CROSS APPLY OPENJSON(N'[' + mirror.${column} + N']') AS whole
      CROSS APPLY (
        SELECT whole.[value] AS id WHERE whole.[type] = 1
        UNION ALL
        SELECT item.[value] FROM OPENJSON(CASE WHEN whole.[type] = 4 THEN whole.[value] ELSE N'[]' END) AS item WHERE item.[type] = 1
      ) AS listed WHERE ${isUser}`;
  });
  return ids.join(' UNION ALL ');
}
