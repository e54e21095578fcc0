import { AynaError } from '../errors.ts';
import { DATATYPE_KEY, encodeNumber, type CanonicalJson } from './canonical-json.ts';
import { encodeTyped } from './sdk-values.ts';
import { contractValues, type ValueFactory } from './firestore-values.ts';

/** Firestore nests no deeper than 20; the limit only keeps hostile input from exhausting the stack. */
const MAX_DEPTH = 100;

/**
 * Encodes a Firestore value as canonical JSON: the same value always gives the same JSON.
 *
 * Null, booleans, strings, doubles and the integers that a double holds exactly stand for
 * themselves; arrays and maps are encoded element by element, map keys sorted. All else is tagged:
 * `{"__datatype__": "timestamp", "value": {"_seconds", "_nanoseconds"}}`, `geopoint`
 * (`_latitude`, `_longitude`), `documentReference` (path), `bytes` (base64), `vector`, `integer`
 * (decimal text, for the 64-bit integers beyond 2^53), `double` (`NaN`, `Infinity`, `-Infinity`,
 * `-0`), and `map` around a map that has a key `__datatype__` of its own.
 *
 * Takes the values of `firebase-admin`, `@google-cloud/firestore` and the web SDK, `Date`,
 * `Uint8Array`, `bigint`, and the contract's own classes.
 *
 * @throws AynaError `ContractViolation` for what Firestore cannot hold (functions, symbols,
 * unknown classes), naming the path of the value.
 */
export function encodeValue(value: unknown, path = 'value', depth = 0): CanonicalJson {
  if (depth > MAX_DEPTH) {
    throw new AynaError('ContractViolation', `${path} is nested deeper than ${MAX_DEPTH} levels`);
  }
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return encodeNumber(value);
    case 'bigint':
      return encodeInteger(value, path);
    case 'object':
      break;
    default:
      throw unsupported(value, path);
  }
  if (value === null) return null;
  if (Array.isArray(value)) {
    return value.map((item, index) => encodeValue(item, `${path}[${index}]`, depth + 1));
  }
  const typed = encodeTyped(value);
  if (typed) return typed;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw unsupported(value, path);
  return encodeMap(value, path, depth);
}

/** Encodes a document's fields as the canonical JSON text that an event carries. */
export function encodeDocument(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(encodeValue(fields, 'document'));
}

/**
 * Decodes canonical JSON. Integers beyond 2^53 become `bigint`, other numbers `number`.
 *
 * @throws AynaError `ContractViolation` for an unknown or malformed tag, naming its path.
 */
export function decodeValue(
  json: unknown,
  factory: ValueFactory = contractValues,
  path = 'value',
  depth = 0,
): unknown {
  if (depth > MAX_DEPTH) {
    throw new AynaError('ContractViolation', `${path} is nested deeper than ${MAX_DEPTH} levels`);
  }
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) {
    return json.map((item, index) => decodeValue(item, factory, `${path}[${index}]`, depth + 1));
  }
  if (Object.hasOwn(json, DATATYPE_KEY)) return decodeTagged(json, factory, path, depth);
  return decodeMap(json, factory, path, depth);
}

/**
 * Decodes the canonical JSON text of a document into its fields.
 *
 * @throws AynaError `ContractViolation` when the text is not JSON or not a map.
 */
export function decodeDocument(
  text: string,
  factory: ValueFactory = contractValues,
): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AynaError('ContractViolation', 'the document is not valid JSON', { cause });
  }
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    throw new AynaError('ContractViolation', 'the document is not a map of fields');
  }
  return decodeMap(json, factory, 'document', 0);
}

function encodeInteger(value: bigint, path: string): CanonicalJson {
  if (BigInt.asIntN(64, value) !== value) {
    throw new AynaError('ContractViolation', `${path} does not fit a 64-bit integer`);
  }
  const number = Number(value);
  return Number.isSafeInteger(number)
    ? number
    : { [DATATYPE_KEY]: 'integer', value: value.toString() };
}

function encodeMap(value: object, path: string, depth: number): CanonicalJson {
  const encoded: [string, CanonicalJson][] = [];
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) encoded.push([key, encodeValue(item, `${path}.${key}`, depth + 1)]);
  }
  encoded.sort(([a], [b]) => (a < b ? -1 : 1));
  const map = Object.fromEntries(encoded);
  return Object.hasOwn(map, DATATYPE_KEY) ? { [DATATYPE_KEY]: 'map', value: map } : map;
}

function decodeMap(
  json: object,
  factory: ValueFactory,
  path: string,
  depth: number,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(json).map(([key, item]) => [
      key,
      decodeValue(item, factory, `${path}.${key}`, depth + 1),
    ]),
  );
}

function decodeTagged(json: object, factory: ValueFactory, path: string, depth: number): unknown {
  const { [DATATYPE_KEY]: tag, value } = json as Record<string, unknown>;
  const decoded = taggedDecoders.get(tag)?.(value, factory);
  if (decoded !== undefined) return decoded;
  if (tag === 'map' && isRecord(value)) return decodeMap(value, factory, path, depth + 1);
  throw new AynaError(
    'ContractViolation',
    `${path} has a value tagged ${JSON.stringify(tag) || 'undefined'} that cannot be read`,
  );
}

type TaggedDecoder = (value: unknown, factory: ValueFactory) => unknown;

const DOUBLES = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
]);

/** Each returns undefined for a value that does not fit its tag. */
const taggedDecoders = new Map<unknown, TaggedDecoder>([
  [
    'timestamp',
    (value, factory) => {
      if (!isRecord(value)) return undefined;
      const { _seconds: seconds, _nanoseconds: nanoseconds } = value;
      if (!Number.isSafeInteger(seconds) || !Number.isSafeInteger(nanoseconds)) return undefined;
      if ((nanoseconds as number) < 0 || (nanoseconds as number) > 999_999_999) return undefined;
      return factory.timestamp(seconds as number, nanoseconds as number);
    },
  ],
  [
    'geopoint',
    (value, factory) => {
      if (!isRecord(value)) return undefined;
      const { _latitude: latitude, _longitude: longitude } = value;
      if (typeof latitude !== 'number' || typeof longitude !== 'number') return undefined;
      return factory.geoPoint(latitude, longitude);
    },
  ],
  [
    'documentReference',
    (value, factory) => (typeof value === 'string' ? factory.reference(value) : undefined),
  ],
  [
    'bytes',
    (value, factory) => {
      if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return undefined;
      return factory.bytes(Uint8Array.from(atob(value), (char) => char.charCodeAt(0)));
    },
  ],
  [
    'vector',
    (value, factory) => {
      if (!Array.isArray(value)) return undefined;
      const components = value.map((item) => decodeValue(item));
      return components.every((item) => typeof item === 'number')
        ? factory.vector(components)
        : undefined;
    },
  ],
  [
    'integer',
    (value) => {
      if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return undefined;
      const integer = BigInt(value);
      return BigInt.asIntN(64, integer) === integer ? integer : undefined;
    },
  ],
  ['double', (value) => DOUBLES.get(value as string)],
]);

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function unsupported(value: unknown, path: string): AynaError {
  const kind =
    typeof value === 'object' && value !== null
      ? `a ${(value.constructor as { name?: string } | undefined)?.name ?? 'nameless'} object`
      : `a ${typeof value}`;
  return new AynaError('ContractViolation', `${path} is ${kind}, which Firestore cannot hold`);
}
