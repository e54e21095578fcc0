import type { Entity } from './entity.ts';
import { AynaError } from './errors.ts';
import type { FieldKind } from './fields.ts';
import { decodeDocument, decodeValue, encodeValue } from './values/canonical.ts';
import type { CanonicalJson } from './values/canonical-json.ts';
import { TimestampValue } from './values/firestore-values.ts';

/**
 * A column's value as JSON carries it to the database and as typed reads give it back: timestamps
 * are RFC 3339 with six digits of fraction, integers decimal text, doubles text (`NaN`, `Infinity`
 * and `-Infinity` included), JSON columns canonical JSON.
 */
export type ColumnValue = CanonicalJson;

/** The mirrored columns of a document, by field name; every field of the entity is present. */
export type Columns = Readonly<Record<string, ColumnValue>>;

/** PostgreSQL indexes rows of at most 2,704 bytes, SQL Server of 1,700; keys beyond are refused. */
export const MAX_KEY_BYTES = 1_600;

/**
 * Projects a document onto the columns of its entity: what a mirror row must hold.
 *
 * @param document canonical JSON text
 * @throws AynaError `ContractViolation`, naming the field and what was expected
 */
export function projectDocument(entity: Entity, document: string): Columns {
  const fields = decodeDocument(document);
  return project(entity, (name) => fields[name]);
}

/**
 * The same of a document's fields as any Firebase SDK reads them: what `projectDocument` makes of
 * their canonical JSON, without the way through text.
 *
 * @throws AynaError `ContractViolation`, naming the field and what was expected
 */
export function projectFields(entity: Entity, fields: Readonly<Record<string, unknown>>): Columns {
  return project(entity, (name) => {
    const value = fields[name];
    return typeof value === 'string' || value === undefined
      ? value
      : decodeValue(encodeValue(value, name));
  });
}

function project(entity: Entity, valueOf: (name: string) => unknown): Columns {
  return Object.fromEntries(
    Object.entries(entity.fields).map(([name, { kind }]) => {
      const value = valueOf(name);
      if (value === undefined || value === null) return [name, null];
      const projected = projections[kind](value);
      if (projected === undefined) {
        throw new AynaError(
          'ContractViolation',
          `${entity.name}: the field "${name}" is ${describe(value)}, expected ${expected[kind]}`,
        );
      }
      return [name, projected];
    }),
  );
}

/**
 * Checks that a key can be held by every store.
 *
 * @throws AynaError `ContractViolation` for U+0000, an unpaired surrogate, or more than
 * `MAX_KEY_BYTES` bytes of UTF-8 in all
 */
export function checkKey(entity: Entity, key: Readonly<Record<string, string>>): void {
  let bytes = 0;
  for (const name of entity.key) {
    const value = key[name] ?? '';
    if (value.includes('\0') || !value.isWellFormed()) {
      throw new AynaError(
        'ContractViolation',
        `${entity.name}: ${name} holds a character that no SQL store can hold in a key`,
      );
    }
    bytes += new TextEncoder().encode(value).length;
  }
  if (bytes > MAX_KEY_BYTES) {
    throw new AynaError(
      'ContractViolation',
      `${entity.name}: the key has ${bytes} bytes, at most ${MAX_KEY_BYTES} can be indexed`,
    );
  }
}

const NUL = /\0/g;

/** Each returns undefined when the value is of another kind. */
const projections: Record<FieldKind, (value: unknown) => ColumnValue | undefined> = {
  text: (value) => (typeof value === 'string' ? storableText(value) : undefined),
  json: (value) => storableJson(encodeValue(value)),
  timestamp: (value) => (value instanceof TimestampValue ? isoMicros(value) : undefined),
  integer: (value) => {
    if (typeof value === 'bigint') return value.toString();
    return Number.isSafeInteger(value) ? String(value) : undefined;
  },
  double: (value) =>
    typeof value === 'number' || typeof value === 'bigint' ? String(Number(value)) : undefined,
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
};

const expected: Record<FieldKind, string> = {
  text: 'a string',
  json: 'any value',
  timestamp: 'a timestamp between the years 1 and 9999',
  integer: 'an integer',
  double: 'a number',
  boolean: 'a boolean',
};

function storableText(text: string): string {
  return text.replace(NUL, '\u2400').toWellFormed();
}

function storableJson(json: CanonicalJson): CanonicalJson {
  if (typeof json === 'string') return storableText(json);
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map(storableJson);
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [storableText(key), storableJson(value)]),
  );
}

const MIN_SECONDS = -62_135_596_800;
const MAX_SECONDS = 253_402_300_799;

function isoMicros({ seconds, nanoseconds }: TimestampValue): string | undefined {
  if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) return undefined;
  const micros = Math.trunc(nanoseconds / 1_000);
  const whole = new Date(seconds * 1_000).toISOString().slice(0, -5);
  return `${whole}.${String(micros).padStart(6, '0')}Z`;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) {
    const name = (value.constructor as { name: string }).name.replace(/Value$/, '');
    return name === 'Object' ? 'a map' : `a ${name.toLowerCase()}`;
  }
  return `a ${typeof value}`;
}
