import { decodeValue, encodeValue, type ValueFactory } from '@ayna/contract';
import { FieldValue, GeoPoint, Timestamp, type Firestore } from 'firebase-admin/firestore';

/** Contract values as those of `firebase-admin`. */
export function adminFields(
  fields: Readonly<Record<string, unknown>>,
  factory: ValueFactory,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, decodeValue(encodeValue(value), factory)]),
  );
}

/** Makes the values that `firebase-admin` takes. */
export function adminValues(firestore: Firestore): ValueFactory {
  return {
    timestamp: (seconds, nanoseconds) => new Timestamp(seconds, nanoseconds),
    geoPoint: (latitude, longitude) => new GeoPoint(latitude, longitude),
    reference: (path) => firestore.doc(path),
    bytes: (bytes) => Buffer.from(bytes),
    vector: (components) => FieldValue.vector([...components]),
  };
}
