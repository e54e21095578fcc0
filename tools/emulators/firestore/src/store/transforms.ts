import { compareValues, equalValues } from '../values/compare.ts';
import { getField, setField } from '../values/field-path.ts';
import { Timestamp, type Micros } from '../values/timestamp.ts';
import { isNumeric, type Fields, type Value } from '../values/value.ts';
import type { Transform } from './write.ts';

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const MICROS_PER_MILLI = 1000;

/**
 * Applies the transforms in order to `fields`, which is changed in place.
 * Source: DocumentTransform.FieldTransform in google/firestore/v1/write.proto.
 * @returns one result per transform: the new value, or null for the array transforms.
 */
export function applyTransforms(
  fields: Fields,
  transforms: readonly Transform[],
  requestTime: Micros,
): Value[] {
  return transforms.map((transform) => {
    const value = transformed(getField(fields, transform.path), transform, requestTime);
    setField(fields, transform.path, value);
    return transform.kind === 'union' || transform.kind === 'remove' ? null : value;
  });
}

function transformed(stored: Value | undefined, transform: Transform, requestTime: Micros): Value {
  switch (transform.kind) {
    case 'serverTimestamp':
      // Documented to have the precision of a millisecond.
      return Timestamp.fromMicros(requestTime - (requestTime % MICROS_PER_MILLI));
    case 'increment':
      return isNumeric(stored) ? increment(stored, transform.operand) : transform.operand;
    case 'maximum':
      return isNumeric(stored) ? extreme(stored, transform.operand, 1) : transform.operand;
    case 'minimum':
      return isNumeric(stored) ? extreme(stored, transform.operand, -1) : transform.operand;
    case 'union':
      return union(Array.isArray(stored) ? stored : [], transform.elements);
    case 'remove':
      return (Array.isArray(stored) ? stored : []).filter(
        (item) => !transform.elements.some((element) => equalValues(item, element)),
      );
  }
}

/** Integers saturate at the ends of int64; with a double on either side the sum is a double. */
function increment(stored: bigint | number, operand: Value): Value {
  if (typeof stored === 'bigint' && typeof operand === 'bigint') {
    const sum = stored + operand;
    return sum > INT64_MAX ? INT64_MAX : sum < INT64_MIN ? INT64_MIN : sum;
  }
  return Number(stored) + Number(operand);
}

/** NaN wins either way; equal numbers keep the stored value and its type. */
function extreme(stored: bigint | number, operand: Value, sign: 1 | -1): Value {
  if (Number.isNaN(stored) || Number.isNaN(operand)) return NaN;
  return compareValues(operand, stored) * sign > 0 ? operand : stored;
}

function union(stored: readonly Value[], elements: readonly Value[]): Value[] {
  const result = [...stored];
  for (const element of elements) {
    if (!result.some((item) => equalValues(item, element))) result.push(element);
  }
  return result;
}
