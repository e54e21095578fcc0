import {
  AynaError,
  SourceVersion,
  type ColumnValue,
  type Entity,
  type FieldKind,
} from '@ayna/contract';
import type { MirrorRow } from '../mirror-store.ts';

/** A row in the names of the contract, the values as the dialect selects them. */
export type SelectedRow = Readonly<Record<string, unknown>>;

/** Makes a row as the contract has it; `columnValue` reads what is not null. */
export function mirrorRow(
  entity: Entity,
  row: SelectedRow,
  columnValue: (kind: FieldKind, value: unknown) => ColumnValue,
): MirrorRow {
  const deletedAt = text(row, 'deletedAt');
  return {
    key: Object.fromEntries(entity.key.map((name) => [name, text(row, name) ?? ''])),
    columns:
      deletedAt === null
        ? Object.fromEntries(
            Object.entries(entity.fields).map(([name, { kind }]) => [
              name,
              row[name] == null ? null : columnValue(kind, row[name]),
            ]),
          )
        : null,
    sourceVersion: SourceVersion.parse(text(row, 'sourceVersion') ?? ''),
    eventId: text(row, 'eventId') ?? '',
    syncSource: text(row, 'syncSource'),
    retryCount: typeof row.retryCount === 'number' ? row.retryCount : null,
    deletedAt,
    mirroredAt: text(row, 'mirroredAt') ?? '',
  };
}

function text(row: SelectedRow, name: string): string | null {
  const value = row[name];
  if (value === null || typeof value === 'string') return value;
  throw new AynaError('SqlSchemaInvalid', `the column ${name} is not text`);
}
