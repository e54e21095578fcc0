import { compileQuery, type CompiledQuery } from '../../query/compile.ts';
import { findNearest } from '../../query/find-nearest.ts';
import type { QueryDocument } from '../../query/query-document.ts';
import { matchesQuery, runQuery, type QueryResult } from '../../query/run.ts';
import { invalidArgument } from '../../status.ts';
import type { Database } from '../../store/database.ts';
import { parseParentName } from '../../store/names.ts';
import type { Store } from '../../store/store.ts';
import { maskFields } from '../../values/field-path.ts';
import { openView, type ReadView } from '../consistency.ts';
import { toDocument, type Document } from '../document-codec.ts';
import { explainMetrics } from '../explain.ts';
import type { RunQueryRequest } from '../requests.ts';

/** One response per document; a query without any still answers with its read time. */
export function* runQueryRequest(store: Store, request: RunQueryRequest): Generator<object> {
  if (request.structuredQuery === null) throw invalidArgument('The query is missing.');
  const parent = parseParentName(request.parent);
  const database = store.database(parent.database);
  const query = compileQuery(parent.path, request.structuredQuery);
  const explain = request.explainOptions;
  if (explain?.analyze === false) {
    yield { explainMetrics: explainMetrics(query, undefined) };
    return;
  }
  const view = openView(database, request);
  const { readTime } = view;
  if (view.begun !== undefined) yield { transaction: view.begun };
  const startedMs = performance.now();
  const { documents, skipped } = runInView(database, query, view);
  const results = documents.length;
  const cost = { results, reads: results, durationMs: performance.now() - startedMs };
  const metrics = explain === null ? {} : { explainMetrics: explainMetrics(query, cost) };
  if (skipped > 0 || results === 0) {
    yield {
      readTime,
      ...(skipped > 0 && { skippedResults: skipped }),
      ...(results === 0 && metrics),
    };
  }
  for (const [i, document] of documents.entries()) {
    const last = i === results - 1;
    yield { document: projected(document, query), readTime, ...(last && metrics) };
  }
}

/** Runs a query as part of a request, locking what it reads in the transaction, if there is one. */
export function runInView(database: Database, query: CompiledQuery, view: ReadView): QueryResult {
  if (view.transaction !== undefined) {
    const root = `${database.name}/documents/`;
    database.transactions.lockRange(view.transaction, (path, version) =>
      matchesQuery(query, { root, path, version }),
    );
  }
  const result = runQuery(database, query, view.at);
  if (query.findNearest === null) return result;
  return { ...result, documents: findNearest(result.documents, query.findNearest) };
}

/** The document as the query returns it: with the fields selected only. */
export function projected(
  { root, path, version }: QueryDocument,
  { projection }: CompiledQuery,
): Document {
  const fields = projection === undefined ? undefined : maskFields(version.fields, projection);
  return toDocument(root + path, version, fields);
}
