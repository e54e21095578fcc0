import type { CompiledQuery } from '../query/compile.ts';
import { formatFieldPath } from '../values/field-path.ts';

/** What a query cost, for its explanation. */
export interface QueryCost {
  readonly results: number;
  readonly reads: number;
  readonly durationMs: number;
}

/** `google.firestore.v1.ExplainMetrics`; the execution statistics are there only once it has run. */
export function explainMetrics(query: CompiledQuery, cost: QueryCost | undefined): object {
  const { scope, orders } = query;
  const properties = orders
    .map(({ field, sign }) => `${formatFieldPath(field)} ${sign === 1 ? 'ASC' : 'DESC'}`)
    .join(', ');
  const index = struct({
    query_scope: scope.allDescendants ? 'Collection group' : 'Collection',
    properties: `(${properties})`,
  });
  return {
    planSummary: { indexesUsed: [index] },
    ...(cost !== undefined && {
      executionStats: {
        resultsReturned: cost.results,
        readOperations: Math.max(cost.reads, 1),
        executionDuration: { seconds: 0, nanos: Math.max(1, Math.floor(cost.durationMs * 1e6)) },
        debugStats: struct({ documents_scanned: String(cost.reads) }),
      },
    }),
  };
}

/** `google.protobuf.Struct` of strings. */
function struct(values: Record<string, string>): object {
  return {
    fields: Object.fromEntries(
      Object.entries(values).map(([name, stringValue]) => [name, { stringValue }]),
    ),
  };
}
