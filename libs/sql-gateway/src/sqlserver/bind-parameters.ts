import sql from 'mssql';

/** The most characters that a parameter can have without being a `max` type. */
const LONGEST_TEXT = 4_000;
/** The most bytes that a parameter can have without being a `max` type. */
const LONGEST_BINARY = 8_000;
/** Milliseconds: what a `Date` holds. */
const DATE_SCALE = 3;

/**
 * Adds parameters as `@1`, `@2`, ...: text as `nvarchar(4000)` or, where it is longer,
 * `nvarchar(max)`; whole numbers as `int` or `bigint`, others as `float`; `boolean` as `bit`; `Date`
 * as `datetime2(3)` in UTC; bytes as `varbinary`; a `Table` of the driver as a table-valued
 * parameter. The lengths are fixed, so that one plan serves texts of any length. `null` is text that
 * is null: where that cannot be converted, as into `varbinary`, write `CAST(@1 AS ...)`.
 *
 * @throws RangeError for NaN and infinite numbers, which `float` cannot hold
 */
export function bindParameters(request: sql.Request, parameters: readonly unknown[]): void {
  parameters.forEach((value, at) => {
    bind(request, String(at + 1), value);
  });
}

function bind(request: sql.Request, name: string, value: unknown): void {
  if (typeof value === 'number' || typeof value === 'bigint') {
    request.input(name, numericType(value, name), value);
  } else if (typeof value === 'boolean') {
    request.input(name, sql.Bit, value);
  } else if (typeof value === 'string') {
    request.input(name, textType(value), value);
  } else {
    bindObject(request, name, value);
  }
}

function bindObject(request: sql.Request, name: string, value: unknown): void {
  if (value === null || value === undefined) {
    request.input(name, sql.NVarChar(LONGEST_TEXT), null);
  } else if (value instanceof Date) {
    request.input(name, sql.DateTime2(DATE_SCALE), value);
  } else if (value instanceof Uint8Array) {
    const length = value.byteLength > LONGEST_BINARY ? sql.MAX : LONGEST_BINARY;
    request.input(
      name,
      sql.VarBinary(length),
      Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    );
  } else if (value instanceof sql.Table) {
    request.input(name, value);
  } else {
    throw new TypeError(`parameter ${name} is neither a scalar, a Date, bytes nor a Table`);
  }
}

function textType(text: string): sql.ISqlType {
  return sql.NVarChar(text.length > LONGEST_TEXT ? sql.MAX : LONGEST_TEXT);
}

function numericType(value: number | bigint, name: string): sql.ISqlType {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError(`parameter ${name} is not a finite number`);
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return sql.Float();
  return value >= -0x80000000 && value <= 0x7fffffff ? sql.Int() : sql.BigInt();
}
