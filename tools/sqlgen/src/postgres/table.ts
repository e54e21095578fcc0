import { snakeCase, type Entity } from '@ayna/contract';
import type { TableColumn } from '../table-column.ts';
import { columnTypes, KEY_TYPE } from './column-types.ts';
import { postgresNames, quoteName } from './names.ts';

/** The columns of the table of an entity, each with its type and what it must hold. */
export function tableColumns(entity: Entity): readonly TableColumn[] {
  const column = (name: string, type: string): TableColumn => ({ name: quoteName(name), type });
  return [
    ...entity.key.map((name) => column(snakeCase(name), `${KEY_TYPE} NOT NULL`)),
    ...Object.entries(entity.fields).map(([name, { kind }]) =>
      column(snakeCase(name), columnTypes[kind]),
    ),
    column('source_version', 'bigint NOT NULL CHECK (source_version >= 0)'),
    column('event_id', 'text NOT NULL'),
    column('sync_source', 'varchar(32)'),
    column('retry_count', 'integer'),
    column('deleted_at', 'timestamptz'),
    column('mirrored_at', 'timestamptz NOT NULL'),
  ];
}

/** The migration that makes the table of an entity. */
export function createTable(entity: Entity): string {
  const names = postgresNames(entity);
  const key = names.key.map(quoteName);
  const columns = tableColumns(entity);
  const width = Math.max(...columns.map(({ name }) => name.length));
  const lines = columns.map(({ name, type }) => `  ${name.padEnd(width)} ${type}`);
  const table = quoteName(names.table);
  return `-- The mirror of ${entity.path.pattern} (entity ${entity.name}).
CREATE TABLE ${table} (
${lines.join(',\n')},
  PRIMARY KEY (${key.join(', ')})
);
${entity.indexes.map((columns) => createIndex(names.table, columns)).join('')}${createTombstoneIndex(names.table)}
${comments(entity, table)}`;
}

function createIndex(table: string, columns: readonly string[]): string {
  const names = columns.map(snakeCase);
  const index = quoteName(`${table}_${names.join('_')}_idx`);
  return `\nCREATE INDEX ${index} ON ${quoteName(table)} (${names.map(quoteName).join(', ')});\n`;
}

/**
 * What the purge finds its rows by. Over live rows it holds nothing and costs nothing; over a column
 * that each write changes, it would keep PostgreSQL from updating rows within their page.
 */
function createTombstoneIndex(table: string): string {
  const index = quoteName(`${table}_deleted_at_idx`);
  return `\nCREATE INDEX ${index} ON ${quoteName(table)} (deleted_at) WHERE deleted_at IS NOT NULL;\n`;
}

function comments(entity: Entity, table: string): string {
  const columns: readonly (readonly [string, string])[] = [
    [
      'source_version',
      'Commit time of the document in microseconds since 1970; goes down by a repair only.',
    ],
    ['event_id', 'The event that wrote this row last.'],
    ['sync_source', 'What published that event: trigger, backfill, repair or gateway.'],
    ['retry_count', 'How often that event had been published before; 0 for the first time.'],
    ['deleted_at', 'Set on a tombstone: the document was deleted then; its fields are NULL.'],
    ['mirrored_at', 'When this row was written here.'],
  ];
  const about = `Mirror of ${entity.path.pattern}. Written by procedures only: an older source_version never overwrites a newer one, deletes stay as tombstones.`;
  return [
    `COMMENT ON TABLE ${table} IS\n  '${about}';`,
    ...columns.map(([column, text]) => `COMMENT ON COLUMN ${table}.${column} IS '${text}';`),
    '',
  ].join('\n');
}
