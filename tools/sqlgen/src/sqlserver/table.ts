import { pascalCase, type Entity } from '@ayna/contract';
import type { TableColumn } from '../table-column.ts';
import { columnTypes, KEY_BYTES_TYPE, KEY_TYPE } from './column-types.ts';
import { quoteName, sqlServerNames } from './names.ts';

/** The columns of the table of an entity, each with its type and what it must hold. */
export function tableColumns(entity: Entity): readonly TableColumn[] {
  const names = sqlServerNames(entity);
  return [
    ...names.key.map((name) => ({ name: quoteName(name), type: `${KEY_TYPE} NOT NULL` })),
    ...names.keyBytes.map((name, at) => ({
      name: quoteName(name),
      type: `${KEY_BYTES_TYPE} NOT NULL`,
      about: `The UTF-8 bytes of ${names.key[at] ?? ''}.`,
    })),
    ...Object.entries(entity.fields).map(([name, { kind }]) => ({
      name: quoteName(pascalCase(name)),
      type: columnTypes[kind],
    })),
    {
      name: 'SourceVersion',
      type: `bigint NOT NULL CONSTRAINT CK_${names.table}_SourceVersion CHECK (SourceVersion >= 0)`,
      about: 'Commit time of the document in microseconds since 1970; goes down by a repair only.',
    },
    {
      name: 'EventId',
      type: 'nvarchar(max) NOT NULL',
      about: 'The event that wrote this row last.',
    },
    {
      name: 'SyncSource',
      type: 'nvarchar(32)',
      about: 'What published that event: trigger, backfill, repair or gateway.',
    },
    {
      name: 'RetryCount',
      type: 'int',
      about: 'How often that event had been published before; 0 for the first time.',
    },
    {
      name: 'DeletedAt',
      type: 'datetime2(6)',
      about: 'Set on a tombstone: the document was deleted then; its fields are NULL.',
    },
    { name: 'MirroredAt', type: 'datetime2(6) NOT NULL', about: 'When this row was written here.' },
  ];
}

/**
 * The migration that makes the table of an entity.
 *
 * @throws TypeError when an index begins with a text field: SQL Server has no index over text without
 * a limit
 */
export function createTable(entity: Entity): string {
  const names = sqlServerNames(entity);
  const columns = tableColumns(entity);
  const width = Math.max(...columns.map(({ name }) => name.length));
  const lines = columns.map(
    ({ name, type, about }) =>
      `  ${name.padEnd(width)} ${type},${about === undefined ? '' : ` -- ${about}`}`,
  );
  const table = quoteName(names.table);
  return `-- The mirror of ${entity.path.pattern} (entity ${entity.name}). Written by procedures only: an older
-- SourceVersion never overwrites a newer one, deletes stay as tombstones. Times are in UTC.
CREATE TABLE ${table} (
${lines.join('\n')}
  CONSTRAINT PK_${names.table} PRIMARY KEY CLUSTERED (${names.keyBytes.map(quoteName).join(', ')})
);
${entity.indexes.map((index) => createIndex(entity, index)).join('')}
-- What the purge finds its rows by. Over live rows it holds nothing and costs nothing.
CREATE INDEX IX_${names.table}_DeletedAt ON ${table} (DeletedAt) WHERE DeletedAt IS NOT NULL;

GRANT SELECT ON ${table} TO ayna_writer;
`;
}

/** Text has no limit and cannot be searched by: behind the first column it is carried along. */
function createIndex(entity: Entity, columns: readonly string[]): string {
  const carried = (column: string): boolean =>
    ['text', 'json'].includes(entity.fields[column]?.kind ?? '');
  const keys = columns.filter((column) => !carried(column));
  if (columns[0] === undefined || carried(columns[0])) {
    throw new TypeError(
      `${entity.name}: an index begins with "${columns[0] ?? ''}", which SQL Server cannot search: begin with a key or another kind of field`,
    );
  }
  const list = (names: readonly string[]) => names.map(pascalCase).map(quoteName).join(', ');
  const included = columns.filter(carried);
  const name = quoteName(`IX_${entity.table}_${columns.map(pascalCase).join('_')}`);
  const include = included.length > 0 ? ` INCLUDE (${list(included)})` : '';
  return `\nCREATE INDEX ${name} ON ${quoteName(entity.table)} (${list(keys)})${include};\n`;
}
