import { compileQuery } from '../../query/compile.ts';
import { runQuery } from '../../query/run.ts';
import { invalidArgument } from '../../status.ts';
import { parseParentName } from '../../store/names.ts';
import type { Store } from '../../store/store.ts';
import { Reference } from '../../values/value.ts';
import { openView } from '../consistency.ts';
import type { PartitionQueryRequest } from '../requests.ts';
import { toNumber } from './run-aggregation-query.ts';

/** A partition has at least this many documents. */
const MIN_PARTITION_SIZE = 128;

/** The cursors that split a collection group query into parts of about the same size. */
export function partitionQuery(store: Store, request: PartitionQueryRequest): object {
  if (request.structuredQuery === null) throw invalidArgument('The query is missing.');
  const parent = parseParentName(request.parent);
  const database = store.database(parent.database);
  const query = compileQuery(parent.path, request.structuredQuery);
  const count = toNumber(request.partitionCount);
  if (count <= 0) throw invalidArgument('partition_count must be greater than zero.');
  if (!query.scope.allDescendants) {
    throw invalidArgument('Partition queries must select all descendants.');
  }
  const { documents } = runQuery(database, query, openView(database, request).at);
  const parts = Math.min(count + 1, Math.ceil(documents.length / MIN_PARTITION_SIZE));
  const cursors = [];
  for (let part = 1; part < parts; part++) {
    const first = documents[Math.floor((documents.length * part) / parts)];
    if (first !== undefined) {
      cursors.push({ values: [new Reference(first.root + first.path)], before: true });
    }
  }
  const from = request.pageToken === '' ? 0 : Number(request.pageToken);
  if (!Number.isInteger(from)) throw invalidArgument('The page token is invalid.');
  const to = request.pageSize > 0 ? from + request.pageSize : cursors.length;
  const nextPageToken = to < cursors.length ? String(to) : '';
  return { partitions: cursors.slice(from, to), nextPageToken };
}
