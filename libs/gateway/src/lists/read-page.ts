import { DEFAULT_PAGE_LIMIT, type Page, type PageRequest } from '@ayna/contract/gateway';
import type { ListedRows, ListOptions } from '@ayna/sql-gateway';
import { cursorOf, placeOf, type ListName } from './page-cursor.ts';

/** Bytes of JSON in a page at most, beside a single row that is larger. */
const MAX_PAGE_BYTES = 1_000_000;

/** Reads the page of a list that a request asks for. */
export async function readPage<Row>(
  list: ListName,
  { limit = DEFAULT_PAGE_LIMIT, cursor }: PageRequest,
  read: (options: ListOptions) => Promise<ListedRows<Row>>,
): Promise<Page<Row>> {
  const after = typeof cursor === 'string' ? placeOf(list, cursor) : undefined;
  const { rows, next } = await read({ limit, after, maxBytes: MAX_PAGE_BYTES });
  return { rows, nextCursor: next && cursorOf(list, next) };
}
