import type { SelectQueryBuilder } from 'kysely';
import type { ListDialect, ListOrder } from './list-dialect.ts';
import type { ListedRows, ListOptions, ListPosition } from './mirror-reads.ts';
import type { MirrorTables } from './mirror-tables.ts';

/** Where rows stand that have none of the times of their list; before every other. */
const NO_TIME = '0001-01-01T00:00:00.000000Z';

/** Runs a query as a list: what is live, in order, from a place on. */
export async function readList<Table extends keyof MirrorTables, Row extends object>(
  query: SelectQueryBuilder<MirrorTables, Table, Row>,
  dialect: ListDialect,
  order: ListOrder,
  { limit, after }: ListOptions,
  jsonColumns: readonly (keyof Row)[] = [],
): Promise<ListedRows<Row>> {
  const placed = after ? query.where(dialect.behind(order, after)) : query;
  // One more than asked for tells whether there are more.
  const found = await placed.modifyEnd(dialect.firstRows(order, limit + 1)).execute();
  const rows = found.slice(0, limit).map((row) => dialect.readable(row as Row, jsonColumns));
  const last = rows.at(-1);
  return { rows, next: last && found.length > limit ? positionOf(order, last) : null };
}

function positionOf({ times, id }: ListOrder, row: object): ListPosition {
  const values = row as Readonly<Record<string, string | null>>;
  const at = times.map((name) => values[name]).find((value) => value !== null);
  return { at: at ?? NO_TIME, id: values[id] ?? '' };
}
