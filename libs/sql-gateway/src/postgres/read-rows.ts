import type { Entity } from '@ayna/contract';
import type { Kysely } from 'kysely';
import type { MirrorRow, ScanOptions } from '../mirror-store.ts';
import { runSql } from '../run-sql.ts';
import type { EntitySql } from './entity-sql.ts';
import { mirrorRow, type SelectedRow } from '../store/mirror-row.ts';
import { columnValue } from './column-value.ts';

const DEFAULT_PAGE_SIZE = 500;

type Key = Readonly<Record<string, string>>;

/** Reads the rows of keys in one statement, each by its key. */
export async function readRows(
  kysely: Kysely<unknown>,
  { entity, table, key, select }: EntitySql,
  wanted: readonly Key[],
): Promise<(MirrorRow | undefined)[]> {
  if (wanted.length === 0) return [];
  const arrays = key.map((_, at) => `$${at + 1}::text[]`).join(', ');
  const names = key.map((_, at) => `key_${at}`);
  const where = key.map((column, at) => `${column} = wanted.${names[at] ?? ''}`).join(' AND ');
  // Without OFFSET the planner may make a join of it, and read the whole table.
  const rows = await runSql<SelectedRow>(
    kysely,
    `SELECT wanted._position::integer AS _position, found.*
     FROM unnest(${arrays}) WITH ORDINALITY AS wanted (${[...names, '_position'].join(', ')})
     CROSS JOIN LATERAL (SELECT ${select} FROM ${table} WHERE ${where} OFFSET 0) AS found`,
    entity.key.map((name) => wanted.map((each) => each[name])),
  );
  const found = new Map(
    rows.map(({ _position: position, ...row }) => [position, mirrorRow(entity, row, columnValue)]),
  );
  return wanted.map((_, at) => found.get(at + 1));
}

/** Reads one page of rows in key order. */
export async function readPage(
  kysely: Kysely<unknown>,
  { entity, table, key, select }: EntitySql,
  { after, upTo, pageSize = DEFAULT_PAGE_SIZE, includeTombstones = false }: ScanOptions,
): Promise<MirrorRow[]> {
  const columns = key.join(', ');
  const parameters: unknown[] = [pageSize];
  const placed = (bound: Key): string =>
    keyValues(entity, bound)
      .map((value) => `$${parameters.push(value)}`)
      .join(', ');
  const conditions = [
    ...(includeTombstones ? [] : ['deleted_at IS NULL']),
    ...(after ? [`(${columns}) > (${placed(after)})`] : []),
    ...(upTo ? [`(${columns}) <= (${placed(upTo)})`] : []),
  ];
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  const rows = await runSql<SelectedRow>(
    kysely,
    `SELECT ${select} FROM ${table}${where} ORDER BY ${columns} LIMIT $1`,
    parameters,
  );
  return rows.map((row) => mirrorRow(entity, row, columnValue));
}

/** Reads each `every`-th key in key order, tombstones counted. */
export async function readBoundaries(
  kysely: Kysely<unknown>,
  { entity, table, key }: EntitySql,
  every: number,
): Promise<Key[]> {
  const columns = key.join(', ');
  const rows = await runSql<Readonly<Record<string, string>>>(
    kysely,
    `SELECT ${key.map((column, at) => `${column} AS key_${at}`).join(', ')}
     FROM (SELECT ${columns}, row_number() OVER (ORDER BY ${columns}) AS _position FROM ${table}) AS mirror
     WHERE _position % $1 = 0
     ORDER BY _position`,
    [every],
  );
  return rows.map((row) =>
    Object.fromEntries(entity.key.map((name, at) => [name, row[`key_${at}`] ?? ''])),
  );
}

/** Counts rows. */
export async function countRows(
  kysely: Kysely<unknown>,
  { table }: EntitySql,
  includeTombstones: boolean,
): Promise<number> {
  const where = includeTombstones ? '' : ' WHERE deleted_at IS NULL';
  const [row] = await runSql<{ readonly count: string }>(
    kysely,
    `SELECT count(*) AS count FROM ${table}${where}`,
    [],
  );
  return Number(row?.count);
}

function keyValues(entity: Entity, key: Key): (string | undefined)[] {
  return entity.key.map((name) => key[name]);
}
