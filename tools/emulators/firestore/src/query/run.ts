import type { Collection } from '../store/collection.ts';
import type { Database } from '../store/database.ts';
import { liveVersion } from '../store/document.ts';
import { lastId, parentPath } from '../store/names.ts';
import { comparePaths } from '../values/compare.ts';
import type { Micros } from '../values/timestamp.ts';
import type { CompiledQuery, Scope } from './compile.ts';
import { compareSortKeys, sortKey, withinCursors, type SortKey } from './ordering.ts';
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
export function keyOf(query: CompiledQuery, document: QueryDocument): SortKey | undefined {
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

function scanInOrder(
  database: Database,
  query: CompiledQuery,
  end: number,
  readTime: Micros | undefined,
): QueryDocument[] {
  const found: QueryDocument[] = [];
  const sign = query.orders[0]?.sign ?? 1;
  for (const document of scan(database, query.scope, sign, readTime)) {
    if (found.length >= end) break;
    if (keyOf(query, document) !== undefined) found.push(document);
  }
  return found;
}

function sortMatches(
  database: Database,
  query: CompiledQuery,
  readTime: Micros | undefined,
): QueryDocument[] {
  const found: Keyed[] = [];
  for (const document of scan(database, query.scope, 1, readTime)) {
    const key = keyOf(query, document);
    if (key !== undefined) found.push({ document, key });
  }
  found.sort((a, b) => compareSortKeys(a.key, b.key, query.orders));
  return found.map(({ document }) => document);
}

/** Every document in the scope by name, ascending (1) or descending (-1). */
function* scan(
  database: Database,
  scope: Scope,
  sign: 1 | -1,
  readTime: Micros | undefined,
): Generator<QueryDocument> {
  const root = `${database.name}/documents/`;
  const collections = collectionsIn(database, scope);
  if (collections.length <= 1) {
    const entries = collections[0]?.inOrder() ?? [];
    const first = sign === 1 ? 0 : entries.length - 1;
    for (let i = first; i >= 0 && i < entries.length; i += sign) {
      const entry = entries[i];
      const version = entry === undefined ? undefined : liveVersion(entry, readTime);
      if (entry !== undefined && version !== undefined) yield { root, path: entry.path, version };
    }
    return;
  }
  const entries = collections.flatMap((collection) => collection.inOrder());
  entries.sort((a, b) => comparePaths(a.path, b.path) * sign);
  for (const entry of entries) {
    const version = liveVersion(entry, readTime);
    if (version !== undefined) yield { root, path: entry.path, version };
  }
}

function collectionsIn(database: Database, scope: Scope): Collection[] {
  const { parent, collectionId, allDescendants } = scope;
  if (allDescendants) return [...database.collections.descendants(parent, collectionId)];
  if (collectionId === undefined) return [...database.collections.below(parent)];
  const path = parent === '' ? collectionId : `${parent}/${collectionId}`;
  const collection = database.collections.at(path);
  return collection === undefined ? [] : [collection];
}
