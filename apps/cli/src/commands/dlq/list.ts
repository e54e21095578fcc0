import { describeFailure } from '@ayna/platform';
import type { DeadLetter } from '@ayna/service-bus';
import type { CommandContext } from '../../command-context.ts';
import { tableWidth, tableWriter, type Row } from '../../table.ts';
import { filterOf, type FilterOptions } from './filter-options.ts';
import { jsonLine, letterJson } from './letter-json.ts';
import { letterCount } from './letter-count.ts';
import { withDeadLetters, type OpenLetters } from './with-dead-letters.ts';

export interface ListOptions extends FilterOptions {
  readonly json?: boolean;
}

/** On a terminal that is narrower than this, path and description stand on a line of their own. */
const WIDE = 140;

/** So many rows are aligned with one another. */
const PAGE = 250;

/** `ayna dlq list`: a line for each dead letter, and the counts on standard error. */
export async function listDeadLetters(
  context: CommandContext,
  numbers: readonly string[],
  options: ListOptions,
): Promise<void> {
  const filter = filterOf(numbers, options);
  await withDeadLetters(context, async (open) => {
    const width = tableWidth();
    const table = tableWriter(width < WIDE ? HEADINGS : [...HEADINGS, ...DETAILS], width);
    const format = (page: readonly DeadLetter[]) =>
      options.json === true
        ? page.map((letter) => jsonLine(letterJson(letter))).join('')
        : table(page.map((letter) => rowOf(letter, width < WIDE)));
    const byReason = new Map<string, number>();
    let listed = 0;
    const page: DeadLetter[] = [];
    for await (const letter of open.letters.list(filter)) {
      page.push(letter);
      listed += 1;
      byReason.set(letter.reason, (byReason.get(letter.reason) ?? 0) + 1);
      if (page.length === PAGE) await context.print(format(page.splice(0)));
      if (listed === options.limit || context.signal.aborted) break;
    }
    await context.print(format(page));
    context.note(summary(listed, byReason));
    if (options.json !== true) context.note(await countsOf(open));
  });
}

const HEADINGS = ['NUMBER', 'ENQUEUED', 'REASON', 'TYPE', 'TRY'];
const DETAILS = ['PATH', 'DESCRIPTION'];

function rowOf(letter: DeadLetter, narrow: boolean): Row {
  const cells = [
    letter.sequenceNumber.toString(),
    letter.enqueuedAt.toISOString(),
    letter.reason || '(none)',
    letter.eventType ?? '-',
    String(letter.attempt),
  ];
  const details = [letter.path ?? '-', letter.description];
  return narrow ? { cells, below: details.join('  ') } : { cells: [...cells, ...details] };
}

function summary(listed: number, byReason: ReadonlyMap<string, number>): string {
  const reasons = [...byReason]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count} ${reason || 'without a reason'}`);
  const letters = letterCount(listed);
  return reasons.length === 0 ? `${letters}.` : `${letters}: ${reasons.join(', ')}.`;
}

/** What the whole subscription holds; a key that may not count them is no reason to fail. */
async function countsOf(open: OpenLetters): Promise<string> {
  try {
    const { depth, deadLetters } = await open.counts();
    return `"${open.place.subscription}" holds ${letterCount(deadLetters)} in all, and ${depth} messages wait.`;
  } catch (error) {
    return `The messages cannot be counted (a key with the Manage right could). ${describeFailure(error)}`;
  }
}
