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
  { limit, maxBytes = Infinity, after }: ListOptions,
  jsonColumns: readonly (keyof Row)[] = [],
): Promise<ListedRows<Row>> {
  const placed = after ? query.where(dialect.behind(order, after)) : query;
  // One more than asked for tells whether there are more.
  const found = await placed.modifyEnd(dialect.firstRows(order, limit + 1)).execute();
  const readable = found.map((row) => dialect.readable(row as Row, jsonColumns));
  const rows = readable.slice(0, Math.min(limit, countWithin(readable, maxBytes)));
  const last = rows.at(-1);
  return { rows, next: last && found.length > rows.length ? positionOf(order, last) : null };
}

/** How many rows fit; at least one. */
function countWithin(rows: readonly object[], maxBytes: number): number {
  if (maxBytes === Infinity) return rows.length;
  let bytes = 0;
  const at = rows.findIndex((row) => (bytes += Buffer.byteLength(JSON.stringify(row))) > maxBytes);
  return at === -1 ? rows.length : Math.max(1, at);
}

function positionOf({ times, id }: ListOrder, row: object): ListPosition {
  const values = row as Readonly<Record<string, string | null>>;
  const at = times.map((name) => values[name]).find((value) => value !== null);
  return { at: at ?? NO_TIME, id: values[id] ?? '' };
}
