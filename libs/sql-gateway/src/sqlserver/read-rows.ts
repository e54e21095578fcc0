import type { Kysely } from 'kysely';
import type { MirrorRow, ScanOptions } from '../mirror-store.ts';
import { runSql } from '../run-sql.ts';
import type { SelectedRow } from '../store/mirror-row.ts';
import type { SqlServerTarget } from './entity-target.ts';
import { readSelected, utf8Bytes, utf8Text } from './read-selected.ts';

const DEFAULT_PAGE_SIZE = 500;

type Key = Readonly<Record<string, string>>;

/** Reads the rows of keys in one statement, each by its key. */
export async function readRows(
  kysely: Kysely<unknown>,
  { entity, table, keyBytes, select }: SqlServerTarget,
  wanted: readonly Key[],
): Promise<(MirrorRow | undefined)[]> {
  if (wanted.length === 0) return [];
  // Bytes travel as hexadecimal digits, which every engine reads from JSON as they are.
  const list = wanted.map((key, position) => [
    position,
    ...entity.key.map((name) => utf8Bytes(key[name]).toString('hex')),
  ]);
  const columns = keyBytes.map((_, at) => `key_${at} varchar(3000) '$[${at + 1}]'`).join(', ');
  const where = keyBytes.map(
    (column, at) => `mirror.${column} = CONVERT(varbinary(1500), wanted.key_${at}, 2)`,
  );
  const rows = await runSql<SelectedRow>(
    kysely,
    `SELECT wanted._position, found.*
     FROM OPENJSON(@1) WITH (_position int '$[0]', ${columns}) AS wanted
     CROSS APPLY (SELECT ${select} FROM ${table} AS mirror WHERE ${where.join(' AND ')}) AS found`,
    [JSON.stringify(list)],
  );
  const found = new Map(
    rows.map(({ _position: position, ...row }) => [Number(position), readSelected(entity, row)]),
  );
  return wanted.map((_, at) => found.get(at));
}

/** Reads one page of rows in key order. */
export async function readPage(
  kysely: Kysely<unknown>,
  { entity, table, keyBytes, select }: SqlServerTarget,
  { after, upTo, pageSize = DEFAULT_PAGE_SIZE, includeTombstones = false }: ScanOptions,
): Promise<MirrorRow[]> {
  const parameters: unknown[] = [pageSize];
  const placed = (bound: Key): string[] =>
    entity.key.map((name) => `@${parameters.push(utf8Bytes(bound[name]))}`);
  const conditions = [
    ...(includeTombstones ? [] : ['[DeletedAt] IS NULL']),
    ...(after ? [isBehind(keyBytes, placed(after))] : []),
    ...(upTo ? [isUpTo(keyBytes, placed(upTo))] : []),
  ];
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  const rows = await runSql<SelectedRow>(
    kysely,
    `SELECT TOP (@1) ${select} FROM ${table}${where} ORDER BY ${keyBytes.join(', ')}`,
    parameters,
  );
  return rows.map((row) => readSelected(entity, row));
}

/** Reads each `every`-th key in key order, tombstones counted. */
export async function readBoundaries(
  kysely: Kysely<unknown>,
  { entity, table, keyBytes }: SqlServerTarget,
  every: number,
): Promise<Key[]> {
  const columns = keyBytes.join(', ');
  const rows = await runSql<Readonly<Record<string, unknown>>>(
    kysely,
    `SELECT ${keyBytes.map((column, at) => `${column} AS key_${at}`).join(', ')}
     FROM (SELECT ${columns}, ROW_NUMBER() OVER (ORDER BY ${columns}) AS position FROM ${table}) AS mirror
     WHERE position % CONVERT(bigint, @1) = 0
     ORDER BY position`,
    [every],
  );
  return rows.map((row) =>
    Object.fromEntries(entity.key.map((name, at) => [name, utf8Text(row[`key_${at}`])])),
  );
}

/** Counts rows. */
export async function countRows(
  kysely: Kysely<unknown>,
  { table }: SqlServerTarget,
  includeTombstones: boolean,
): Promise<number> {
  const where = includeTombstones ? '' : ' WHERE [DeletedAt] IS NULL';
  const [row] = await runSql<{ readonly count: unknown }>(
    kysely,
    `SELECT COUNT_BIG(*) AS count FROM ${table}${where}`,
  );
  return Number(row?.count);
}

/** (a, b) > (x, y), column by column: T-SQL compares no rows. `a >= x` is what the index seeks by. */
function isBehind([column, ...columns]: readonly string[], [bound, ...bounds]: string[]): string {
  if (columns.length === 0) return `${column ?? ''} > ${bound ?? ''}`;
  return `${column ?? ''} >= ${bound ?? ''} AND (${column ?? ''} > ${bound ?? ''} OR ${isBehind(columns, bounds)})`;
}

/** (a, b) <= (x, y). */
function isUpTo([column, ...columns]: readonly string[], [bound, ...bounds]: string[]): string {
  if (columns.length === 0) return `${column ?? ''} <= ${bound ?? ''}`;
  return `${column ?? ''} <= ${bound ?? ''} AND (${column ?? ''} < ${bound ?? ''} OR ${isUpTo(columns, bounds)})`;
}
