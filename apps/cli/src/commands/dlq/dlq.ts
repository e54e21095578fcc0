import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.ts';
import { positiveNumber } from '../../command-arguments.ts';
import type { DiscardCommandOptions } from './discard.ts';
import { addFilterOptions } from './filter-options.ts';
import { addHandleOptions } from './handle-options.ts';
import type { ListOptions } from './list.ts';
import type { ReplayCommandOptions } from './replay.ts';

/** Adds `ayna dlq ...`: one file here for each verb, which loads what is heavy when it runs. */
export function addDlqCommands(program: Command, context: CommandContext): void {
  const dlq = program.command('dlq').description('Look at dead letters, replay or discard them.');

  addFilterOptions(dlq.command('list'))
    .description('List dead letters; changes and locks nothing.')
    .option('--json', 'one line of JSON for each dead letter')
    .action(async (numbers: string[], options: ListOptions) => {
      const { listDeadLetters } = await import('./list.ts');
      await listDeadLetters(context, numbers, options);
    });

  dlq
    .command('show <number>')
    .description('Show all that a dead letter holds, and what to do about it.')
    .option('--json', 'as one line of JSON')
    .action(async (number: string, options: { readonly json?: boolean }) => {
      const { showDeadLetter } = await import('./show.ts');
      await showDeadLetter(context, number, options);
    });

  addHandleOptions(dlq.command('replay'))
    .description('Send dead letters to the topic again: all that fit what is given.')
    .option('--rate <n>', 'so many a second at most', positiveNumber)
    .option('--dry-run', 'say what would be done, and touch nothing')
    .action(async (numbers: string[], options: ReplayCommandOptions) => {
      const { replayDeadLetters } = await import('./replay.ts');
      await replayDeadLetters(context, numbers, options);
    });

  addHandleOptions(dlq.command('discard'))
    .description('Take dead letters out for good; the audit keeps what they held.')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'say what would be done, and touch nothing')
    .action(async (numbers: string[], options: DiscardCommandOptions) => {
      const { discardDeadLetters } = await import('./discard.ts');
      await discardDeadLetters(context, numbers, options);
    });
}
