/**
 * The kinds of columns a document field can be mirrored into.
 *
 * - `text`: a string. U+0000 is stored as U+2400 (SYMBOL FOR NULL) in every store, because
 *   PostgreSQL cannot hold it.
 * - `json`: any Firestore value, as canonical JSON.
 * - `timestamp`: an instant with microseconds, 0001-01-01 to 9999-12-31 UTC.
 * - `integer`: a signed 64-bit integer.
 * - `double`: a 64-bit floating-point number, NaN and infinities included.
 * - `boolean`.
 *
 * Every field may be absent or null in a document; the column is null then.
 */
export type FieldKind = 'text' | 'json' | 'timestamp' | 'integer' | 'double' | 'boolean';

/** One mirrored field: `field.text()` and so on. */
export interface FieldDefinition {
  readonly kind: FieldKind;
}

/** Builders for the fields of an entity. */
export const field = {
  text: (): FieldDefinition => ({ kind: 'text' }),
  json: (): FieldDefinition => ({ kind: 'json' }),
  timestamp: (): FieldDefinition => ({ kind: 'timestamp' }),
  integer: (): FieldDefinition => ({ kind: 'integer' }),
  double: (): FieldDefinition => ({ kind: 'double' }),
  boolean: (): FieldDefinition => ({ kind: 'boolean' }),
} as const;
