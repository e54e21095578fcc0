import { compileQuery } from '../../query/compile.ts';
import { runQuery } from '../../query/run.ts';
import { DESCENDING } from '../../query/structured-query.ts';
import { invalidArgument } from '../../status.ts';
import type { Database } from '../../store/database.ts';
import { liveVersion } from '../../store/document.ts';
import { lastId, parseParentName } from '../../store/names.ts';
import type { Store } from '../../store/store.ts';
import { compareIds } from '../../values/compare.ts';
import { maskFields, parseFieldPath } from '../../values/field-path.ts';
import type { Micros } from '../../values/timestamp.ts';
import { openView } from '../consistency.ts';
import { toDocument, type Document } from '../document-codec.ts';
import type { ListCollectionIdsRequest, ListDocumentsRequest } from '../requests.ts';

const DEFAULT_PAGE_SIZE = 300;

/**
 * The documents of a collection, a page at a time. With `show_missing`, ids that have no document
 * but subcollections are listed too, without fields and times.
 */
export function listDocuments(store: Store, request: ListDocumentsRequest): object {
  const parent = parseParentName(request.parent);
  const database = store.database(parent.database);
  const view = openView(database, request);
  const from = [{ collectionId: request.collectionId, allDescendants: false }];
  const query = compileQuery(parent.path, {
    from,
    orderBy: parseOrderBy(request.orderBy),
    select: null,
    where: null,
    startAt: null,
    endAt: null,
    offset: 0,
    limit: null,
    findNearest: null,
  });
  const paths = request.mask?.fieldPaths.map(parseFieldPath);
  const documents: Document[] = runQuery(database, query, view.at).documents.map(
    ({ root, path, version }) =>
      toDocument(
        root + path,
        version,
        paths === undefined ? undefined : maskFields(version.fields, paths),
      ),
  );
  if (request.showMissing) {
    if (request.orderBy !== '') throw invalidArgument('show_missing excludes order_by.');
    documents.push(
      ...missingDocuments(database, parent.path, request.collectionId, documents, view.at),
    );
    documents.sort((a, b) => compareIds(lastId(a.name), lastId(b.name)));
  }
  const { items, nextPageToken } = page(documents, (document) => document.name, request);
  return { documents: items, nextPageToken };
}

/** The ids of the collections below a document or the root, in order. */
export function listCollectionIds(store: Store, request: ListCollectionIdsRequest): object {
  const parent = parseParentName(request.parent);
  const database = store.database(parent.database);
  const at = openView(database, request).at;
  const ids = [...childIds(database, parent.path, at)].sort(compareIds);
  const { items, nextPageToken } = page(ids, (id) => id, request);
  return { collectionIds: items, nextPageToken };
}

function missingDocuments(
  database: Database,
  parent: string,
  collectionId: string,
  existing: readonly Document[],
  at: Micros | undefined,
): Document[] {
  const path = parent === '' ? collectionId : `${parent}/${collectionId}`;
  const present = new Set(existing.map((document) => lastId(document.name)));
  return [...childIds(database, path, at)]
    .filter((id) => !present.has(id))
    .map((id) => ({ name: `${database.name}/documents/${path}/${id}`, fields: new Map() }));
}

/** The ids right below `path` under which, at any depth, a document exists in a collection. */
function childIds(database: Database, path: string, at: Micros | undefined): Set<string> {
  const ids = new Set<string>();
  const start = path === '' ? 0 : path.length + 1;
  for (const collection of database.collections.descendants(path)) {
    const end = collection.path.indexOf('/', start);
    const id = collection.path.slice(start, end === -1 ? undefined : end);
    if (ids.has(id)) continue;
    if (collection.inOrder().some((entry) => liveVersion(entry, at) !== undefined)) ids.add(id);
  }
  return ids;
}

function parseOrderBy(orderBy: string) {
  if (orderBy.trim() === '') return [];
  return orderBy.split(',').map((part) => {
    const [fieldPath = '', direction = 'asc'] = part.trim().split(/\s+/);
    const field = { fieldPath: fieldPath === '__key__' ? '__name__' : fieldPath };
    return { field, direction: direction.toLowerCase() === 'desc' ? DESCENDING : 1 };
  });
}

/** One page of `items`; the token is the key of the last item given out. */
function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { pageSize, pageToken }: { readonly pageSize: number; readonly pageToken: string },
): { items: readonly T[]; nextPageToken: string } {
  if (pageSize < 0) throw invalidArgument('page_size is negative.');
  const last = Buffer.from(pageToken, 'base64url').toString();
  const from = pageToken === '' ? 0 : items.findIndex((item) => keyOf(item) === last) + 1;
  if (pageToken !== '' && from === 0) throw invalidArgument('The page token is invalid.');
  const to = from + (pageSize === 0 ? DEFAULT_PAGE_SIZE : pageSize);
  const taken = items.slice(from, to);
  const end = taken.at(-1);
  const more = to < items.length && end !== undefined;
  return { items: taken, nextPageToken: more ? Buffer.from(keyOf(end)).toString('base64url') : '' };
}
