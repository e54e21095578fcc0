import type { FieldKind } from '@ayna/contract';

/** How each kind of field is kept. */
export const columnTypes: Readonly<Record<FieldKind, string>> = {
  text: 'nvarchar(max)',
  json: 'nvarchar(max)',
  timestamp: 'datetime2(6)',
  integer: 'bigint',
  // The shortest text that reads back as the same number: float holds neither NaN nor infinities.
  double: 'varchar(32)',
  boolean: 'bit',
};

/** How the text of a value becomes one of its column. */
export const columnValues: Readonly<Record<FieldKind, (text: string) => string>> = {
  text: (text) => text,
  json: (text) => text,
  timestamp: (text) =>
    `CONVERT(datetime2(6), SWITCHOFFSET(CONVERT(datetimeoffset(6), ${text}), '+00:00'))`,
  integer: (text) => `CONVERT(bigint, ${text})`,
  double: (text) => `CONVERT(varchar(32), ${text})`,
  boolean: (text) => `CONVERT(bit, ${text})`,
};

/** A key column for people: an id of Firestore has 1,500 bytes at most. */
export const KEY_TYPE = 'nvarchar(1500) COLLATE Latin1_General_100_BIN2';

/** Its UTF-8 bytes: their order is that of Firestore, and trailing blanks count. */
export const KEY_BYTES_TYPE = 'varbinary(1500)';
