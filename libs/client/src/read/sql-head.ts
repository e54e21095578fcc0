import type { Page, PageCursor } from '@ayna/contract/gateway';
import type { Clock } from '../ports/clock.ts';
import type { ListHead } from './compare-rows.ts';

/** The most rows that the gateway gives at once. */
const MAX_PAGE = 100;

/**
 * Reads the first rows of a list, page after page.
 *
 * @param onAnswer told how long each page took
 */
export async function readHead<Row>(
  limit: number,
  readPage: (limit: number, cursor: PageCursor | undefined) => Promise<Page<Row>>,
  onAnswer: (milliseconds: number) => void,
  clock: Clock,
): Promise<ListHead<Row>> {
  const rows: Row[] = [];
  let cursor: PageCursor | undefined;
  for (;;) {
    const begunAt = clock.elapsed();
    const page = await readPage(Math.min(MAX_PAGE, limit - rows.length), cursor);
    onAnswer(clock.elapsed() - begunAt);
    rows.push(...page.rows);
    if (page.nextCursor === null) return { rows, isWhole: true };
    if (rows.length >= limit) return { rows, isWhole: false };
    cursor = page.nextCursor;
  }
}
