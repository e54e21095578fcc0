import { Timestamp } from './timestamp.ts';
import { GeoPoint, Reference, type Fields, type Value } from './value.ts';

/**
 * Whether writing `right` over `left` would change nothing: the same type and the same bits. Unlike
 * filter equality, `3` is not `3.0` and `-0` is not `0`.
 */
export function identicalValues(left: Value, right: Value): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object') return false;
  if (left === null || right === null) return false;
  if (left instanceof Map) return right instanceof Map && identicalFields(left, right);
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, i) => identicalValues(item, right[i] ?? null))
    );
  }
  if (left instanceof Timestamp) {
    return (
      right instanceof Timestamp && left.seconds === right.seconds && left.nanos === right.nanos
    );
  }
  if (left instanceof Uint8Array) {
    return right instanceof Uint8Array && Buffer.compare(left, right) === 0;
  }
  if (left instanceof Reference) return right instanceof Reference && left.name === right.name;
  return (
    left instanceof GeoPoint &&
    right instanceof GeoPoint &&
    Object.is(left.latitude, right.latitude) &&
    Object.is(left.longitude, right.longitude)
  );
}

export function identicalFields(left: Fields, right: Fields): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) {
    const other = right.get(key);
    if (other === undefined || !identicalValues(value, other)) return false;
  }
  return true;
}
