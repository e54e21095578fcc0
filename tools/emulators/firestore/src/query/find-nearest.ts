import { invalidArgument } from '../status.ts';
import { getField, parseFieldPath, setField } from '../values/field-path.ts';
import { isNumeric, vectorOf, type Fields, type Value } from '../values/value.ts';
import type { QueryDocument } from './query-document.ts';
import type { FindNearest } from './structured-query.ts';

const MAX_NEIGHBOURS = 1000;
const DistanceMeasure = { EUCLIDEAN: 1, COSINE: 2, DOT_PRODUCT: 3 } as const;

interface Neighbour {
  readonly document: QueryDocument;
  readonly distance: number;
}

/**
 * The documents whose vectors are nearest to the query's, nearest first. Documents without a vector
 * of the same dimension are passed over.
 * Source: StructuredQuery.FindNearest in google/firestore/v1/query.proto.
 * @throws FirestoreError INVALID_ARGUMENT when the vector, the limit or the measure is missing.
 */
export function findNearest(
  documents: readonly QueryDocument[],
  query: FindNearest,
): QueryDocument[] {
  const wanted = toNumbers(query.queryVector);
  const limit = query.limit?.value ?? 0;
  if (query.vectorField === null || wanted === undefined) {
    throw invalidArgument('FindNearest needs a vector field and a query vector.');
  }
  if (limit <= 0 || limit > MAX_NEIGHBOURS) {
    throw invalidArgument(`FindNearest limit must be between 1 and ${MAX_NEIGHBOURS}.`);
  }
  const field = parseFieldPath(query.vectorField.fieldPath);
  const measure = distanceFunction(query.distanceMeasure);
  // Of dot products the largest is nearest; of distances the smallest.
  const sign = query.distanceMeasure === DistanceMeasure.DOT_PRODUCT ? -1 : 1;
  const threshold = query.distanceThreshold?.value;
  const neighbours: Neighbour[] = [];
  for (const document of documents) {
    const vector = toNumbers(getField(document.version.fields, field));
    if (vector?.length !== wanted.length) continue;
    const distance = measure(vector, wanted);
    if (threshold !== undefined && distance * sign > threshold * sign) continue;
    neighbours.push({ document, distance });
  }
  neighbours.sort((a, b) => (a.distance - b.distance) * sign);
  const resultField = query.distanceResultField;
  return neighbours
    .slice(0, limit)
    .map((found) => (resultField === '' ? found.document : withDistance(found, resultField)));
}

function withDistance({ document, distance }: Neighbour, resultField: string): QueryDocument {
  const fields: Fields = new Map(document.version.fields);
  setField(fields, parseFieldPath(resultField), distance);
  return { ...document, version: { ...document.version, fields } };
}

function toNumbers(value: Value | undefined): number[] | undefined {
  const items = vectorOf(value);
  return items?.every(isNumeric) === true ? items.map(Number) : undefined;
}

function distanceFunction(measure: number): (a: number[], b: number[]) => number {
  switch (measure) {
    case DistanceMeasure.EUCLIDEAN:
      return (a, b) => Math.hypot(...a.map((x, i) => x - (b[i] ?? 0)));
    case DistanceMeasure.COSINE:
      return (a, b) => 1 - dot(a, b) / (Math.hypot(...a) * Math.hypot(...b));
    case DistanceMeasure.DOT_PRODUCT:
      return dot;
    default:
      throw invalidArgument('FindNearest needs a distance measure.');
  }
}

function dot(a: number[], b: number[]): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
}
