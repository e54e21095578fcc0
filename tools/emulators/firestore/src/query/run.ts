import type { Collection } from '../store/collection.ts';
import type { Database } from '../store/database.ts';
import { liveVersion, type DocumentEntry } from '../store/document.ts';
import { lastId, parentPath } from '../store/names.ts';
import { comparePaths } from '../values/compare.ts';
import type { Micros } from '../values/timestamp.ts';
import { Reference } from '../values/value.ts';
import type { CompiledQuery, Scope } from './compile.ts';
import {
  compareSortKeys,
  isPastEnd,
  isPastStart,
  sortKey,
  withinCursors,
  type SortKey,
} from './ordering.ts';
import type { QueryDocument } from './query-document.ts';

/** A query's answer; `skipped` counts what `offset` passed over. */
export interface QueryResult {
  readonly documents: readonly QueryDocument[];
  readonly skipped: number;
}

interface Keyed {
  readonly document: QueryDocument;
  readonly key: SortKey;
}

/** Runs a query on the present, or on the state at `readTime`. `findNearest` is not applied here. */
export function runQuery(database: Database, query: CompiledQuery, readTime?: Micros): QueryResult {
  const end = query.limit === undefined ? Infinity : query.offset + query.limit;
  const sorted = isOrderedByName(query)
    ? scanInOrder(database, query, end, readTime)
    : sortMatches(database, query, readTime);
  const skipped = Math.min(query.offset, sorted.length);
  const last = query.limit === undefined ? undefined : end;
  return { documents: sorted.slice(query.offset, last), skipped };
}

/** Whether a document version is in the query's scope and passes its filter, limits aside. */
export function matchesQuery(query: CompiledQuery, document: QueryDocument): boolean {
  return inScope(query.scope, document.path) && keyOf(query, document) !== undefined;
}

export function inScope(scope: Scope, path: string): boolean {
  const collection = parentPath(path);
  if (scope.collectionId !== undefined && lastId(collection) !== scope.collectionId) return false;
  if (!scope.allDescendants) return parentPath(collection) === scope.parent;
  return scope.parent === '' || path.startsWith(`${scope.parent}/`);
}

/** The sort key of a document that the query selects; undefined for one that it does not. */
function keyOf(query: CompiledQuery, document: QueryDocument): SortKey | undefined {
  if (query.filter !== undefined && !query.filter(document)) return undefined;
  const key = sortKey(document, query.orders);
  if (key === undefined || !withinCursors(key, query.orders, query.startAt, query.endAt)) {
    return undefined;
  }
  return key;
}

function isOrderedByName(query: CompiledQuery): boolean {
  return query.orders.length === 1;
}

/** Reads in name order from the start cursor on, and no further than the window needs. */
function scanInOrder(
  database: Database,
  query: CompiledQuery,
  end: number,
  readTime: Micros | undefined,
): QueryDocument[] {
  const root = `${database.name}/documents/`;
  const { orders, startAt, endAt } = query;
  const ascending = entriesInOrder(database, query.scope);
  const entries = orders[0]?.sign === -1 ? ascending.toReversed() : ascending;
  const nameOf = (entry: DocumentEntry) => [new Reference(root + entry.path)];
  const first =
    startAt === null
      ? 0
      : firstIndex(entries, (entry) => isPastStart(nameOf(entry), orders, startAt));
  const found: QueryDocument[] = [];
  for (let i = first; i < entries.length && found.length < end; i++) {
    const entry = entries[i];
    const version = entry === undefined ? undefined : liveVersion(entry, readTime);
    if (entry === undefined || version === undefined) continue;
    if (endAt !== null && isPastEnd(nameOf(entry), orders, endAt)) break;
    const document = { root, path: entry.path, version };
    if (query.filter === undefined || query.filter(document)) found.push(document);
  }
  return found;
}

function sortMatches(
  database: Database,
  query: CompiledQuery,
  readTime: Micros | undefined,
): QueryDocument[] {
  const root = `${database.name}/documents/`;
  const found: Keyed[] = [];
  for (const entry of entriesInOrder(database, query.scope)) {
    const version = liveVersion(entry, readTime);
    if (version === undefined) continue;
    const document = { root, path: entry.path, version };
    const key = keyOf(query, document);
    if (key !== undefined) found.push({ document, key });
  }
  found.sort((a, b) => compareSortKeys(a.key, b.key, query.orders));
  return found.map(({ document }) => document);
}

/** The first index at which `accept`, false and then true along the array, is true. */
function firstIndex<T>(items: readonly T[], accept: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && accept(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Every entry in the scope by path, those whose document is deleted included. */
function entriesInOrder(database: Database, scope: Scope): readonly DocumentEntry[] {
  const collections = collectionsIn(database, scope);
  const only = collections[0];
  if (only === undefined) return [];
  if (collections.length === 1) return only.inOrder();
  collections.sort((a, b) => comparePaths(a.path, b.path));
  const entries = collections.flatMap((collection) => collection.inOrder());
  // Collections one after the other are in order, unless one lies inside another.
  const isNested = collections.some((collection, i) =>
    collections[i + 1]?.path.startsWith(`${collection.path}/`),
  );
  return isNested ? entries.sort((a, b) => comparePaths(a.path, b.path)) : entries;
}

function collectionsIn(database: Database, scope: Scope): Collection[] {
  const { parent, collectionId, allDescendants } = scope;
  if (allDescendants) return [...database.collections.descendants(parent, collectionId)];
  if (collectionId === undefined) return [...database.collections.below(parent)];
  const path = parent === '' ? collectionId : `${parent}/${collectionId}`;
  const collection = database.collections.at(path);
  return collection === undefined ? [] : [collection];
}
