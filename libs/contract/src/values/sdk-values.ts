import { DATATYPE_KEY, encodeNumber, type CanonicalJson } from './canonical-json.ts';
import { ReferenceValue, TimestampValue, VectorValue, GeoPointValue } from './firestore-values.ts';

/**
 * Recognises the value classes of the Firebase SDKs by their public shape (the contract imports
 * none of them) and encodes them; undefined for anything else.
 */
export function encodeTyped(value: object): CanonicalJson | undefined {
  if (value instanceof Date) {
    const millis = value.getTime();
    if (Number.isNaN(millis)) return undefined;
    const seconds = Math.floor(millis / 1_000);
    return timestamp(seconds, (millis - seconds * 1_000) * 1_000_000);
  }
  if (value instanceof TimestampValue) return timestamp(value.seconds, value.nanoseconds);
  if (value instanceof GeoPointValue) return geoPoint(value.latitude, value.longitude);
  if (value instanceof ReferenceValue) return tagged('documentReference', value.path);
  if (value instanceof VectorValue) return vector(value.components);
  if (value instanceof Uint8Array) return tagged('bytes', base64(value));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return undefined;
  return encodeSdkInstance(value as Readonly<Record<string, unknown>>);
}

function encodeSdkInstance(value: Readonly<Record<string, unknown>>): CanonicalJson | undefined {
  const { seconds, nanoseconds, latitude, longitude, path } = value;
  if (typeof seconds === 'number' && typeof nanoseconds === 'number') {
    return timestamp(seconds, nanoseconds);
  }
  if (typeof latitude === 'number' && typeof longitude === 'number') {
    return geoPoint(latitude, longitude);
  }
  if (typeof path === 'string' && 'firestore' in value) return tagged('documentReference', path);
  if (typeof value.toBase64 === 'function') {
    return tagged('bytes', (value as unknown as { toBase64(): string }).toBase64());
  }
  if (typeof value.toArray === 'function') {
    return vector((value as unknown as { toArray(): number[] }).toArray());
  }
  return undefined;
}

/** Firestore keeps microseconds: finer digits are cut off, as the server does. */
function timestamp(seconds: number, nanoseconds: number): CanonicalJson {
  return tagged('timestamp', {
    _seconds: seconds,
    _nanoseconds: Math.trunc(nanoseconds / 1_000) * 1_000,
  });
}

function geoPoint(latitude: number, longitude: number): CanonicalJson {
  return tagged('geopoint', { _latitude: latitude, _longitude: longitude });
}

function vector(components: readonly number[]): CanonicalJson {
  return tagged('vector', components.map(encodeNumber));
}

function tagged(datatype: string, value: CanonicalJson): CanonicalJson {
  return { [DATATYPE_KEY]: datatype, value };
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
