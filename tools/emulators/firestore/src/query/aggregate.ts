import { getField, type FieldPath } from '../values/field-path.ts';
import { isNumeric, type Value } from '../values/value.ts';
import type { QueryDocument } from './query-document.ts';

/** One aggregation; `upTo` bounds a count, Infinity for no bound. */
export type Aggregation = { readonly alias: string } & (
  | { readonly kind: 'count'; readonly upTo: number }
  | { readonly kind: 'sum' | 'average'; readonly field: FieldPath }
);

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/**
 * Aggregates over the documents that have all the fields aggregated; values that are not numbers
 * are passed over. Source: StructuredAggregationQuery in google/firestore/v1/query.proto.
 */
export function aggregate(
  documents: readonly QueryDocument[],
  aggregations: readonly Aggregation[],
): Record<string, Value> {
  const fields = aggregations.flatMap((a) => (a.kind === 'count' ? [] : [a.field]));
  const complete =
    fields.length === 0
      ? documents
      : documents.filter(({ version }) =>
          fields.every((field) => getField(version.fields, field) !== undefined),
        );
  return Object.fromEntries(
    aggregations.map((aggregation) => [aggregation.alias, compute(complete, aggregation)]),
  );
}

function compute(documents: readonly QueryDocument[], aggregation: Aggregation): Value {
  if (aggregation.kind === 'count') return BigInt(Math.min(documents.length, aggregation.upTo));
  const numbers: (bigint | number)[] = [];
  for (const { version } of documents) {
    const value = getField(version.fields, aggregation.field);
    if (isNumeric(value)) numbers.push(value);
  }
  const total = sum(numbers);
  if (aggregation.kind === 'sum') return total;
  return numbers.length === 0 ? null : Number(total) / numbers.length;
}

/** Integers add up to an integer, or to a double once they leave int64; any double makes a double. */
function sum(numbers: readonly (bigint | number)[]): bigint | number {
  let integers = 0n;
  let doubles = 0;
  let isDouble = false;
  for (const number of numbers) {
    if (typeof number === 'bigint') integers += number;
    else {
      isDouble = true;
      doubles += number;
    }
  }
  if (isDouble) return doubles + Number(integers);
  return integers > INT64_MAX || integers < INT64_MIN ? Number(integers) : integers;
}
