import type { Timestamp } from './timestamp.ts';

/** A resource name stored as a value: `projects/P/databases/D/documents/...`. */
export class Reference {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Latitude and longitude in degrees. */
export class GeoPoint {
  readonly latitude: number;
  readonly longitude: number;

  constructor(latitude: number, longitude: number) {
    this.latitude = latitude;
    this.longitude = longitude;
  }
}

/**
 * A Firestore value in the leanest shape JavaScript has for it: an int64 is a `bigint` and a double
 * a `number`, so neither ever loses precision nor turns into the other.
 */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Timestamp
  | Uint8Array
  | Reference
  | GeoPoint
  | Value[]
  | Map<string, Value>;

/** The fields of a document or of a map value. A stored `Fields` is never changed in place. */
export type Fields = Map<string, Value>;

const VECTOR_TYPE = '__vector__';

/** The numbers of a vector value (a map marked `__type__: __vector__`), or undefined for any other. */
export function vectorOf(value: Value | undefined): Value[] | undefined {
  if (!(value instanceof Map) || value.get('__type__') !== VECTOR_TYPE) return undefined;
  const numbers = value.get('value');
  return Array.isArray(numbers) ? numbers : undefined;
}

export function isNumeric(value: Value | undefined): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number';
}
