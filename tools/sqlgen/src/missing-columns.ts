import type { Entity } from '@ayna/contract';
import type { SqlDialect } from './dialects.ts';
import type { TableColumn } from './table-column.ts';

/** What the migrations of a dialect lack of an entity's table. */
export interface MissingColumns {
  /** No migration makes the table. */
  readonly table: boolean;
  /** The columns that neither the migration of the table has nor one that adds columns. */
  readonly columns: readonly TableColumn[];
  /** Columns of the migrations that the contract does not have. */
  readonly surplus: readonly string[];
}

/**
 * Compares the migrations of a dialect with the contract, by reading what `sqlgen` writes:
 * `CREATE TABLE`, one column a line, and `ALTER TABLE ... ADD`, one statement a column; and
 * `ALTER TABLE ... DROP COLUMN`, as people write it. A column that follows from others
 * (`ADD name AS ...`) is none of the contract and does not count.
 *
 * @param texts the migrations, in their order
 */
export function missingColumns(
  entity: Entity,
  dialect: SqlDialect,
  texts: readonly string[],
): MissingColumns {
  const { table } = dialect.names(entity);
  const all = texts.join('\n');
  const [, made] = new RegExp(`^CREATE TABLE ${table} \\(\\n(.*?)^\\);`, 'ms').exec(all) ?? [];
  if (made === undefined) return { table: true, columns: [], surplus: [] };
  const there = new Set(
    made
      .split('\n')
      .map((line) => line.trim().split(' ')[0] ?? '')
      .filter((word) => word !== '' && word !== 'PRIMARY' && word !== 'CONSTRAINT'),
  );
  const altered = new RegExp(
    `^ALTER TABLE ${table} (?:(${dialect.addColumn})|DROP COLUMN) (\\S+?)[ ;](?!AS )`,
    'gm',
  );
  for (const [, added, name = ''] of all.matchAll(altered)) {
    if (name === 'CONSTRAINT') continue;
    if (added === undefined) there.delete(name);
    else there.add(name);
  }
  const wanted = dialect.columns(entity);
  const names = new Set(wanted.map(({ name }) => name));
  return {
    table: false,
    columns: wanted.filter(({ name }) => !there.has(name)),
    surplus: [...there].filter((name) => !names.has(name)),
  };
}
