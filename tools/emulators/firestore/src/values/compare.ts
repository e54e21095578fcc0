import { Timestamp } from './timestamp.ts';
import { GeoPoint, Reference, vectorOf, type Fields, type Value } from './value.ts';

/**
 * The place of a value's type in Firestore's ordering across types.
 * Source: https://firebase.google.com/docs/firestore/manage-data/data-types#value_type_ordering
 */
export function typeRank(value: Value): number {
  switch (typeof value) {
    case 'boolean':
      return 1;
    case 'number':
    case 'bigint':
      return 2;
    case 'string':
      return 4;
    case 'object':
      if (value === null) return 0;
      if (value instanceof Timestamp) return 3;
      if (value instanceof Uint8Array) return 5;
      if (value instanceof Reference) return 6;
      if (value instanceof GeoPoint) return 7;
      if (Array.isArray(value)) return 8;
      return vectorOf(value) === undefined ? 10 : 9;
    default:
      throw new TypeError(`A ${typeof value} is no Firestore value.`);
  }
}

/**
 * Orders any two values as Firestore does: by type, then by value. Integers and doubles compare by
 * their exact numeric value, NaN is the smallest number and -0 equals 0.
 */
export function compareValues(left: Value, right: Value): number {
  const rank = typeRank(left);
  const byType = rank - typeRank(right);
  if (byType !== 0) return byType;
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
  if (typeof left === 'string' && typeof right === 'string') return compareUtf8(left, right);
  if (typeof left === 'boolean') return Number(left) - Number(right);
  if (left instanceof Timestamp && right instanceof Timestamp) {
    return left.seconds - right.seconds || left.nanos - right.nanos;
  }
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  if (left instanceof Reference && right instanceof Reference) {
    return comparePaths(left.name, right.name);
  }
  if (left instanceof GeoPoint && right instanceof GeoPoint) {
    return (
      compareNumbers(left.latitude, right.latitude) ||
      compareNumbers(left.longitude, right.longitude)
    );
  }
  if (Array.isArray(left) && Array.isArray(right)) return compareArrays(left, right);
  if (left instanceof Map && right instanceof Map) {
    return rank === 9 ? compareVectors(left, right) : compareMaps(left, right);
  }
  return 0;
}

/** Firestore's equality for filters and array transforms: `3` equals `3.0` and NaN equals NaN. */
export function equalValues(left: Value, right: Value): boolean {
  return compareValues(left, right) === 0;
}

/** Orders slash-separated names segment by segment, so that a parent precedes its children. */
export function comparePaths(left: string, right: string): number {
  if (left === right) return 0;
  const a = left.split('/');
  const b = right.split('/');
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const order = compareIds(a[i] ?? '', b[i] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const NUMERIC_ID = /^__id(-?\d+)__$/;

/** Orders ids by UTF-8 bytes; numeric ids (`__id7__`) come first, by number. */
export function compareIds(left: string, right: string): number {
  if (left.startsWith('__id') || right.startsWith('__id')) {
    const a = NUMERIC_ID.exec(left)?.[1];
    const b = NUMERIC_ID.exec(right)?.[1];
    if (a !== undefined && b !== undefined) return compareNumbers(BigInt(a), BigInt(b));
    if (a !== undefined) return -1;
    if (b !== undefined) return 1;
  }
  return compareUtf8(left, right);
}

/** The order of the strings' UTF-8 bytes, which is the order of their code points. */
export function compareUtf8(left: string, right: string): number {
  if (left === right) return 0;
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a === b) continue;
    const aSurrogate = a >= 0xd800 && a <= 0xdfff;
    const bSurrogate = b >= 0xd800 && b <= 0xdfff;
    return aSurrogate === bSurrogate ? a - b : aSurrogate ? 1 : -1;
  }
  return left.length - right.length;
}

function isNumber(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function compareNumbers(left: number | bigint, right: number | bigint): number {
  if (Number.isNaN(left)) return Number.isNaN(right) ? 0 : -1;
  if (Number.isNaN(right)) return 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareArrays(left: Value[], right: Value[]): number {
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const order = compareValues(left[i] ?? null, right[i] ?? null);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareVectors(left: Fields, right: Fields): number {
  const a = vectorOf(left) ?? [];
  const b = vectorOf(right) ?? [];
  return a.length - b.length || compareArrays(a, b);
}

function compareMaps(left: Fields, right: Fields): number {
  const a = [...left.keys()].sort(compareUtf8);
  const b = [...right.keys()].sort(compareUtf8);
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const leftKey = a[i] ?? '';
    const rightKey = b[i] ?? '';
    const order =
      compareUtf8(leftKey, rightKey) ||
      compareValues(left.get(leftKey) ?? null, right.get(rightKey) ?? null);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
