import sql from 'mssql';

/** What the driver says of a column. */
export interface ResultColumn {
  readonly name: string;
  readonly type: unknown;
  readonly scale?: number;
  readonly precision?: number;
}

/** What the driver gives for a date or time: milliseconds, and the rest in seconds. */
type PreciseDate = Date & { readonly nanosecondsDelta?: number };
type Reader = (value: unknown, column: ResultColumn) => unknown;

/** Digits that a JavaScript number always holds. */
const EXACT_DIGITS = 15;
const MONEY_SCALE = 4;

const readers = new Map<unknown, Reader>([
  [sql.Date, (value) => (value as Date).toISOString().slice(0, 10)],
  [sql.Time, (value) => clockOf(value as PreciseDate)],
  [sql.Decimal, decimal],
  [sql.Numeric, decimal],
  [sql.Money, (value) => (value as number).toFixed(MONEY_SCALE)],
  [sql.SmallMoney, (value) => (value as number).toFixed(MONEY_SCALE)],
]);

/**
 * A value as `Database` promises it: `bigint` (which the driver gives as text), decimals, dates and
 * times as text, points in time as RFC 3339 text in UTC with six digits of fraction. `time` and
 * `datetime2` of seven digits lose the last one.
 */
export function readValue(value: unknown, column: ResultColumn): unknown {
  if (value === null || value === undefined) return null;
  const reader = readers.get(column.type);
  if (reader) return reader(value, column);
  if (!(value instanceof Date)) return value;
  return `${value.toISOString().slice(0, 10)}T${clockOf(value)}Z`;
}

function clockOf(date: PreciseDate): string {
  const beyondMillis = Math.floor(Math.round((date.nanosecondsDelta ?? 0) * 1e7) / 10);
  const micros = date.getUTCMilliseconds() * 1_000 + beyondMillis;
  return `${date.toISOString().slice(11, 19)}.${String(micros).padStart(6, '0')}`;
}

function decimal(value: unknown, { precision = 0, scale = 0 }: ResultColumn): string {
  const number = value as number;
  return precision <= EXACT_DIGITS ? number.toFixed(scale) : String(number);
}
