import type { Entity } from '@ayna/contract';
import type { Kysely } from 'kysely';
import type { MirrorRow, ScanOptions } from '../mirror-store.ts';
import { runSql } from '../run-sql.ts';
import type { EntitySql } from './entity-sql.ts';
import { mirrorRow, type SelectedRow } from './mirror-row.ts';

const DEFAULT_PAGE_SIZE = 500;

type Key = Readonly<Record<string, string>>;

/** Reads the row of a key. */
export async function readRow(
  kysely: Kysely<unknown>,
  { entity, table, key, select }: EntitySql,
  wanted: Key,
): Promise<MirrorRow | undefined> {
  const where = key.map((column, at) => `${column} = $${at + 1}`).join(' AND ');
  const [row] = await runSql<SelectedRow>(
    kysely,
    `SELECT ${select} FROM ${table} WHERE ${where}`,
    keyValues(entity, wanted),
  );
  return row && mirrorRow(entity, row);
}

/** Reads one page of rows in key order. */
export async function readPage(
  kysely: Kysely<unknown>,
  { entity, table, key, select }: EntitySql,
  { after, pageSize = DEFAULT_PAGE_SIZE, includeTombstones = false }: ScanOptions,
): Promise<MirrorRow[]> {
  const columns = key.join(', ');
  const places = key.map((_, at) => `$${at + 2}`).join(', ');
  const conditions = [
    ...(includeTombstones ? [] : ['deleted_at IS NULL']),
    ...(after ? [`(${columns}) > (${places})`] : []),
  ];
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  const rows = await runSql<SelectedRow>(
    kysely,
    `SELECT ${select} FROM ${table}${where} ORDER BY ${columns} LIMIT $1`,
    [pageSize, ...(after ? keyValues(entity, after) : [])],
  );
  return rows.map((row) => mirrorRow(entity, row));
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
