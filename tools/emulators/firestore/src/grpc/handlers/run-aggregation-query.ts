import { aggregate, type Aggregation } from '../../query/aggregate.ts';
import { compileQuery } from '../../query/compile.ts';
import { filterField } from '../../query/filters.ts';
import { invalidArgument } from '../../status.ts';
import { parseParentName } from '../../store/names.ts';
import type { Store } from '../../store/store.ts';
import { openView } from '../consistency.ts';
import { explainMetrics } from '../explain.ts';
import type { Int64, RunAggregationQueryRequest, WireAggregation } from '../requests.ts';
import { runInView } from './run-query.ts';

const MAX_AGGREGATIONS = 5;

/** One response with all aggregations. */
export function* runAggregationQuery(
  store: Store,
  request: RunAggregationQueryRequest,
): Generator<object> {
  const { structuredQuery, aggregations: wire } = request.structuredAggregationQuery ?? {};
  if (!structuredQuery || wire === undefined) throw invalidArgument('The query is missing.');
  const parent = parseParentName(request.parent);
  const database = store.database(parent.database);
  const query = compileQuery(parent.path, structuredQuery);
  const aggregations = toAggregations(wire);
  const explain = request.explainOptions;
  if (explain?.analyze === false) {
    yield { explainMetrics: explainMetrics(query, undefined) };
    return;
  }
  const view = openView(database, request);
  const startedMs = performance.now();
  const { documents } = runInView(database, query, view);
  yield {
    result: { aggregateFields: aggregate(documents, aggregations) },
    readTime: view.readTime,
    ...(view.begun !== undefined && { transaction: view.begun }),
    ...(explain !== null && {
      explainMetrics: explainMetrics(query, {
        results: 1,
        reads: documents.length,
        durationMs: performance.now() - startedMs,
      }),
    }),
  };
}

/** An int64 outside a value as a number; larger ones lose precision, which no count reaches. */
export function toNumber(int64: Int64): number {
  return typeof int64 === 'number' ? int64 : int64.toNumber();
}

function toAggregations(wire: readonly WireAggregation[]): Aggregation[] {
  if (wire.length === 0 || wire.length > MAX_AGGREGATIONS) {
    throw invalidArgument(
      `The maximum number of aggregations allowed in an aggregation query is ${MAX_AGGREGATIONS}.`,
    );
  }
  let unnamed = 0;
  return wire.map((aggregation): Aggregation => {
    const alias = aggregation.alias === '' ? `field_${++unnamed}` : aggregation.alias;
    switch (aggregation.operator) {
      case 'count': {
        const upTo = aggregation.count?.upTo ?? null;
        if (upTo === null) return { alias, kind: 'count', upTo: Infinity };
        if (toNumber(upTo.value) <= 0) throw invalidArgument('up_to must be greater than zero.');
        return { alias, kind: 'count', upTo: toNumber(upTo.value) };
      }
      case 'sum':
        return { alias, kind: 'sum', field: filterField(aggregation.sum?.field ?? null) };
      case 'avg':
        return { alias, kind: 'average', field: filterField(aggregation.avg?.field ?? null) };
      default:
        throw invalidArgument('An aggregation has no operator set.');
    }
  });
}
