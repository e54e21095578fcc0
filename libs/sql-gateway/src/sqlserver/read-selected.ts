import type { ColumnValue, Entity, FieldKind } from '@ayna/contract';
import type { MirrorRow } from '../mirror-store.ts';
import { mirrorRow, type SelectedRow } from '../store/mirror-row.ts';

/** A row of the select list that `sqlServerTarget` makes, as the contract has it. */
export function readSelected(entity: Entity, row: SelectedRow): MirrorRow {
  const read: Record<string, unknown> = { ...row };
  for (const name of entity.key) read[name] = utf8Text(row[name]);
  for (const name of ['deletedAt', 'mirroredAt']) read[name] = isoMicros(row[name]);
  return mirrorRow(entity, read, columnValue);
}

/** The text of a key from its bytes. */
export function utf8Text(bytes: unknown): string {
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('utf8') : '';
}

/** The bytes of a key, for a parameter. */
export function utf8Bytes(text: string | undefined): Buffer {
  return Buffer.from(text ?? '', 'utf8');
}

function columnValue(kind: FieldKind, value: unknown): ColumnValue {
  if (typeof value !== 'string') return value as ColumnValue;
  if (kind === 'json') return JSON.parse(value) as ColumnValue;
  return kind === 'timestamp' ? isoMicros(value) : value;
}

/** `2026-01-02 03:04:05.678901` -> `2026-01-02T03:04:05.678901Z`; zeros at the end may be missing. */
function isoMicros(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const [seconds = '', fraction = ''] = value.replace(' ', 'T').split('.');
  return `${seconds}.${fraction.padEnd(6, '0')}Z`;
}
