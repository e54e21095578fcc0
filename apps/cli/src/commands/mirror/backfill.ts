import { InvalidArgumentError, type Command } from 'commander';
import { repeatable } from '../../command-arguments.ts';
import type { CommandContext } from '../../command-context.ts';
import type { BackfillCommandOptions } from './command-options.ts';

/** Adds `ayna mirror backfill`. */
export function addBackfillCommand(mirror: Command, context: CommandContext): void {
  mirror
    .command('backfill')
    .summary('Publish every existing document, while live events flow.')
    .description(
      [
        'Publishes every existing document to the topic as an event that carries the version of the document, so that it never overwrites anything newer. Deploy the triggers first: what is written or deleted meanwhile is theirs.',
        'A run that was ended goes on from its checkpoint when the same command is given again.',
      ].join('\n\n'),
    )
    .option(
      '--entity <name>',
      'only this entity, such as dm.message; may be repeated',
      repeatable,
      [],
    )
    .option('--checkpoint <file>', 'where the run keeps how far it is', 'ayna-backfill.json')
    .option('--restart', 'begin anew, whatever the checkpoint says', false)
    .option('--rate <n>', 'documents a second over all partitions, or "max"', rate, 1_000)
    .option('--parallel <n>', 'partitions that are read at once', whole(1, 64), 4)
    .option(
      '--max-queue <n>',
      'hold back while more messages than this wait for the writer',
      whole(1, 10_000_000),
      5_000,
    )
    .option('--price-per-100k <usd>', 'price of 100,000 document reads', price, 0.06)
    .option('--rejected <file>', 'write each document that cannot be mirrored there, as JSON lines')
    .option('--dry-run', 'print what it would read and cost, and stop', false)
    .option('--json', 'print one JSON object at the end', false)
    .action(async (options: BackfillCommandOptions) => {
      const { backfill } = await import('./run-backfill-command.ts');
      await backfill(options, context);
    });
}

function rate(text: string): number | 'max' {
  return text === 'max' ? 'max' : whole(1, 1_000_000, ', or "max"')(text);
}

function whole(min: number, max: number, or = ''): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}${or}.`);
  };
}

function price(text: string): number {
  if (/^\d{1,6}(\.\d{1,6})?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a price in US dollars, such as 0.06.');
}
