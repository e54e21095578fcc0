import { entities } from '@ayna/contract';
import { sqlServerDialect } from '@ayna/sqlgen';
import type { Kysely } from 'kysely';
import { runSql } from '../../src/run-sql.ts';

const HEADER = `-- What the migrations and procedures make, read from the catalogs of SQL Server.
-- Committed so that a change to the schema is seen in review; a test compares it where a server is at
-- hand. Do not edit: set SQLSERVER_URL and run
--   pnpm --filter @ayna/sql-gateway exec vitest run sql-server --update
`;

interface ColumnRow {
  readonly tableName: string;
  readonly columnName: string;
  readonly type: string;
  readonly length: number | null;
  readonly precision: number | null;
  readonly nullable: string;
  readonly computed: number;
}

interface IndexRow {
  readonly tableName: string;
  readonly isPrimary: boolean;
  readonly id: number;
  readonly columnName: string;
  readonly isIncluded: boolean;
}

const COLUMNS = `
  SELECT TABLE_NAME AS tableName, COLUMN_NAME AS columnName, DATA_TYPE AS type,
    CHARACTER_MAXIMUM_LENGTH AS length, DATETIME_PRECISION AS precision, IS_NULLABLE AS nullable,
    (
      SELECT COUNT(*) FROM sys.computed_columns AS computed
      INNER JOIN sys.tables AS own ON own.object_id = computed.object_id
      WHERE own.name = TABLE_NAME AND computed.name = COLUMN_NAME
    ) AS computed
  FROM INFORMATION_SCHEMA.COLUMNS
  WHERE TABLE_NAME IN (SELECT name FROM sys.tables)
  ORDER BY ORDINAL_POSITION`;

const INDEXES = `
  SELECT t.name AS tableName, i.is_primary_key AS isPrimary,  i.index_id AS id, c.name AS columnName, k.is_included_column AS isIncluded
  FROM sys.indexes AS i
  INNER JOIN sys.tables AS t ON t.object_id = i.object_id
  INNER JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id
  INNER JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
  ORDER BY i.index_id, k.index_column_id`;

const PROCEDURES = "SELECT name FROM sys.procedures WHERE name LIKE 'sp[_]%'";

/** A column as the catalogs of SQL Server describe it, in the words of a definition. */
export interface DescribedColumn {
  readonly name: string;
  readonly type: string;
  /** Whether it follows from other columns, and so is none of the contract. */
  readonly computed: boolean;
}

/** The columns of each table, by the name of the table; all names in small letters. */
export async function describeColumns(
  kysely: Kysely<unknown>,
): Promise<ReadonlyMap<string, readonly DescribedColumn[]>> {
  const tables = new Map<string, DescribedColumn[]>();
  for (const row of await runSql<ColumnRow>(kysely, COLUMNS)) {
    const table = row.tableName.toLowerCase();
    const columns = tables.get(table) ?? [];
    const computed = row.computed > 0;
    const column = { name: row.columnName.toLowerCase(), type: typeOf(row), computed };
    tables.set(table, [...columns, column]);
  }
  return tables;
}

/** Describes the tables, indexes and procedures of a database; the same on every server. */
export async function dumpSqlServerSchema(kysely: Kysely<unknown>): Promise<string> {
  const named = namesOfTheContract();
  const columns = await describeColumns(kysely);
  const indexes = await runSql<IndexRow>(kysely, INDEXES);
  const procedures = await runSql<{ readonly name: string }>(kysely, PROCEDURES);
  const tables = [...columns].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    HEADER,
    ...tables.map(([table, own]) => {
      const lines = own.map(
        ({ name, type, computed }) => `  ${named(name)} ${type}${computed ? ' COMPUTED' : ''}`,
      );
      return `CREATE TABLE ${named(table)} (\n${lines.join(',\n')}\n);\n`;
    }),
    `${indexLines(indexes, named).join('\n')}\n`,
    `${procedures
      .map(({ name }) => `-- PROCEDURE ${named(name)}`)
      .sort()
      .join('\n')}\n`,
  ].join('\n');
}

function indexLines(rows: readonly IndexRow[], named: (name: string) => string): string[] {
  const indexes = new Map<string, IndexRow[]>();
  for (const row of rows) {
    const index = `${row.tableName} ${row.id}`;
    indexes.set(index, [...(indexes.get(index) ?? []), row]);
  }
  return [...indexes.values()]
    .map((index) => {
      const [first] = index;
      const list = (included: boolean) =>
        index
          .filter(({ isIncluded }) => isIncluded === included)
          .map(({ columnName }) => named(columnName))
          .join(', ');
      const include = list(true) === '' ? '' : ` INCLUDE (${list(true)})`;
      const what = first?.isPrimary ? 'PRIMARY KEY' : 'INDEX';
      return `-- ${what} ON ${named(first?.tableName ?? '')} (${list(false)})${include}`;
    })
    .sort();
}

/** Engines differ in whether catalogs keep capital letters; the contract has them. */
function namesOfTheContract(): (name: string) => string {
  const all = entities.flatMap((entity) => {
    const { table, upsert, delete: remove, purge } = sqlServerDialect.names(entity);
    const columns = sqlServerDialect.columns(entity).map(({ name }) => name);
    return [table, upsert, remove, purge, ...columns];
  });
  const byLowered = new Map(all.map((name) => [name.toLowerCase(), name]));
  return (name) => byLowered.get(name.toLowerCase()) ?? name.toLowerCase();
}

function typeOf({ type, length, precision, nullable }: ColumnRow): string {
  const size = length === null ? precision : length === -1 ? 'max' : length;
  const sized = /char|binary|datetime2/.test(type) && size !== null ? `${type}(${size})` : type;
  return nullable === 'NO' ? `${sized} NOT NULL` : sized;
}
