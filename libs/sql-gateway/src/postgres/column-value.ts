import type { ColumnValue, FieldKind } from '@ayna/contract';

/** A selected value as the contract has it. PostgreSQL writes 1e+15 where JavaScript writes it out. */
export function columnValue(kind: FieldKind, value: unknown): ColumnValue {
  return kind === 'double' ? String(Number(value)) : (value as ColumnValue);
}
