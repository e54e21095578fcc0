import { invalidArgument } from '../status.ts';
import { DOCUMENT_ID, type FieldPath } from '../values/field-path.ts';
import { Reference } from '../values/value.ts';
import { checkFilterRules } from './filter-rules.ts';
import { compileFilter, filterField, type Predicate } from './filters.ts';
import { compileOrders, type Order } from './ordering.ts';
import { isDocumentId } from './query-document.ts';
import type { Cursor, FindNearest, StructuredQuery } from './structured-query.ts';

/** Which collections a query looks at: `collectionId` undefined means any. */
export interface Scope {
  /** The path of the document the collections lie below; '' for the root. */
  readonly parent: string;
  readonly collectionId: string | undefined;
  readonly allDescendants: boolean;
}

/** A query that has been checked and is ready to run. */
export interface CompiledQuery {
  readonly scope: Scope;
  readonly filter: Predicate | undefined;
  readonly orders: readonly Order[];
  readonly startAt: Cursor | null;
  readonly endAt: Cursor | null;
  readonly offset: number;
  /** Undefined for no limit. */
  readonly limit: number | undefined;
  /** The fields to return; undefined for all, empty for the name alone. */
  readonly projection: readonly FieldPath[] | undefined;
  readonly findNearest: FindNearest | null;
}

/** @throws FirestoreError INVALID_ARGUMENT for a query that Firestore would not run. */
export function compileQuery(parent: string, query: StructuredQuery): CompiledQuery {
  if (query.from.length > 1) throw invalidArgument('Only one collection selector is allowed.');
  if (query.offset < 0) throw invalidArgument('offset is negative');
  if (query.limit !== null && query.limit.value < 0) throw invalidArgument('limit is negative');
  const selector = query.from[0];
  const inequalityFields = query.where === null ? [] : checkFilterRules(query.where);
  const orders = compileOrders(query.orderBy, inequalityFields);
  checkCursor(query.startAt, orders);
  checkCursor(query.endAt, orders);
  return {
    scope: {
      parent,
      collectionId: selector?.collectionId === '' ? undefined : selector?.collectionId,
      allDescendants: selector?.allDescendants ?? false,
    },
    filter: query.where === null ? undefined : compileFilter(query.where),
    orders,
    startAt: query.startAt,
    endAt: query.endAt,
    offset: query.offset,
    limit: query.limit?.value,
    projection: compileProjection(query.select),
    findNearest: query.findNearest,
  };
}

function compileProjection(select: StructuredQuery['select']): FieldPath[] | undefined {
  if (select === null || select.fields.length === 0) return undefined;
  return select.fields.map(filterField).filter((field) => field[0] !== DOCUMENT_ID);
}

function checkCursor(cursor: Cursor | null, orders: readonly Order[]): void {
  if (cursor === null) return;
  if (cursor.values.length > orders.length) throw invalidArgument('Cursor has too many values.');
  for (const [i, value] of cursor.values.entries()) {
    const order = orders[i];
    if (order !== undefined && isDocumentId(order.field) && !(value instanceof Reference)) {
      throw invalidArgument('Cursor values for __name__ must be document references.');
    }
  }
}
