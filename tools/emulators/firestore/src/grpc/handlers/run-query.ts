import { compileQuery, type CompiledQuery } from '../../query/compile.ts';
import { inScope, keyOf, runQuery } from '../../query/run.ts';
import type { QueryDocument } from '../../query/query-document.ts';
import { invalidArgument } from '../../status.ts';
import type { Database } from '../../store/database.ts';
import { parseParentName } from '../../store/names.ts';
import type { Store } from '../../store/store.ts';
import { maskFields } from '../../values/field-path.ts';
import { openView, type ReadView } from '../consistency.ts';
import { toDocument, type Document } from '../document-codec.ts';
import type { RunQueryRequest } from '../requests.ts';

/** One response per document; a query without any still answers with its read time. */
export function* runQueryRequest(store: Store, request: RunQueryRequest): Generator<object> {
  if (request.structuredQuery === null) throw invalidArgument('The query is missing.');
  const parent = parseParentName(request.parent);
  const database = store.database(parent.database);
  const query = compileQuery(parent.path, request.structuredQuery);
  const view = openView(database, request);
  const { readTime } = view;
  if (view.begun !== undefined) yield { transaction: view.begun };
  const { documents, skipped } = runInView(database, query, view);
  if (skipped > 0 || documents.length === 0) {
    yield { readTime, ...(skipped > 0 && { skippedResults: skipped }) };
  }
  for (const document of documents) {
    yield { document: projected(document, query), readTime };
  }
}

/** Runs a query as part of a request, locking what it reads in the transaction, if there is one. */
export function runInView(
  database: Database,
  query: CompiledQuery,
  view: ReadView,
): ReturnType<typeof runQuery> {
  if (view.transaction !== undefined) {
    const root = `${database.name}/documents/`;
    database.transactions.lockRange(
      view.transaction,
      (path, version) =>
        inScope(query.scope, path) && keyOf(query, { root, path, version }) !== undefined,
    );
  }
  return runQuery(database, query, view.at);
}

export function projected(
  { root, path, version }: QueryDocument,
  { projection }: CompiledQuery,
): Document {
  const fields = projection === undefined ? undefined : maskFields(version.fields, projection);
  return toDocument(root + path, version, fields);
}
