import { compareUtf8, compareValues } from '../values/compare.ts';
import { DOCUMENT_ID, parseFieldPath, type FieldPath } from '../values/field-path.ts';
import type { Value } from '../values/value.ts';
import { documentField, isDocumentId, type QueryDocument } from './query-document.ts';
import { filterField } from './filters.ts';
import { DESCENDING, type Cursor, type StructuredQuery } from './structured-query.ts';

export interface Order {
  readonly field: FieldPath;
  /** 1 for ascending, -1 for descending. */
  readonly sign: 1 | -1;
}

/** The values a document is sorted by, one for each order of the query. */
export type SortKey = readonly Value[];

/**
 * The full ordering of a query: its own orders, then the remaining fields with an inequality by
 * name, then the document name, these in the direction of the last order given.
 * Source: StructuredQuery.order_by in google/firestore/v1/query.proto.
 */
export function compileOrders(
  orderBy: StructuredQuery['orderBy'],
  inequalityFields: readonly string[],
): Order[] {
  const orders = orderBy.map(({ field, direction }): Order => ({
    field: filterField(field),
    sign: direction === DESCENDING ? -1 : 1,
  }));
  const sign = orders.at(-1)?.sign ?? 1;
  const has = (field: FieldPath) => {
    const name = field.join('\0');
    return orders.some((order) => order.field.join('\0') === name);
  };
  for (const name of [...inequalityFields].sort(compareUtf8)) {
    const field = parseFieldPath(name);
    if (!has(field) && !isDocumentId(field)) orders.push({ field, sign });
  }
  if (!has([DOCUMENT_ID])) orders.push({ field: [DOCUMENT_ID], sign });
  return orders;
}

/** The sort key of a document, or undefined when it lacks a field the query is ordered by. */
export function sortKey(document: QueryDocument, orders: readonly Order[]): SortKey | undefined {
  const key: Value[] = [];
  for (const { field } of orders) {
    const value = documentField(document, field);
    if (value === undefined) return undefined;
    key.push(value);
  }
  return key;
}

export function compareSortKeys(left: SortKey, right: SortKey, orders: readonly Order[]): number {
  for (let i = 0; i < orders.length; i++) {
    const order = compareValues(left[i] ?? null, right[i] ?? null);
    if (order !== 0) return order * (orders[i]?.sign ?? 1);
  }
  return 0;
}

/** Whether a sort key lies between the cursors, which may name a prefix of the orders only. */
export function withinCursors(
  key: SortKey,
  orders: readonly Order[],
  startAt: Cursor | null,
  endAt: Cursor | null,
): boolean {
  return isPastStart(key, orders, startAt) && !isPastEnd(key, orders, endAt);
}

export function isPastStart(
  key: SortKey,
  orders: readonly Order[],
  startAt: Cursor | null,
): boolean {
  if (startAt === null) return true;
  const order = compareToCursor(key, orders, startAt);
  return startAt.before ? order >= 0 : order > 0;
}

export function isPastEnd(key: SortKey, orders: readonly Order[], endAt: Cursor | null): boolean {
  if (endAt === null) return false;
  const order = compareToCursor(key, orders, endAt);
  return endAt.before ? order >= 0 : order > 0;
}

function compareToCursor(key: SortKey, orders: readonly Order[], cursor: Cursor): number {
  return compareSortKeys(key, cursor.values, orders.slice(0, cursor.values.length));
}
