/**
 * The Firestore value types that JSON does not have, as the contract holds them. They have no
 * behaviour and no dependency, so that they work in a browser and beside every Firebase SDK.
 */

/** An instant: seconds since 1970-01-01 UTC (may be negative) and nanoseconds 0..999,999,999. */
export class TimestampValue {
  readonly seconds: number;
  readonly nanoseconds: number;
  constructor(seconds: number, nanoseconds: number) {
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
  }
}

/** A place on earth, in degrees. */
export class GeoPointValue {
  readonly latitude: number;
  readonly longitude: number;
  constructor(latitude: number, longitude: number) {
    this.latitude = latitude;
    this.longitude = longitude;
  }
}

/** A reference to a document, by its path below the database root. */
export class ReferenceValue {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
}

/** A vector embedding. */
export class VectorValue {
  readonly components: readonly number[];
  constructor(components: readonly number[]) {
    this.components = components;
  }
}

/**
 * Makes the values of one SDK out of decoded ones. Pass your own to `decodeDocument` to write the
 * result back with `firebase-admin` or the web SDK.
 */
export interface ValueFactory {
  timestamp(seconds: number, nanoseconds: number): unknown;
  geoPoint(latitude: number, longitude: number): unknown;
  reference(path: string): unknown;
  bytes(bytes: Uint8Array): unknown;
  vector(components: readonly number[]): unknown;
}

/** The factory that makes the contract's own value classes. */
export const contractValues: ValueFactory = {
  timestamp: (seconds, nanoseconds) => new TimestampValue(seconds, nanoseconds),
  geoPoint: (latitude, longitude) => new GeoPointValue(latitude, longitude),
  reference: (path) => new ReferenceValue(path),
  bytes: (bytes) => bytes,
  vector: (components) => new VectorValue(components),
};
