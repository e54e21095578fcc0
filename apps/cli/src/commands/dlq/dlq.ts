import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.ts';

/** Adds `ayna dlq ...`: one file here for each verb, which loads what is heavy when it runs. */
export function addDlqCommands(program: Command, context: CommandContext): void {
  const dlq = program.command('dlq').description('Look at dead letters, replay or discard them.');
  dlq
    .command('list')
    .description('List dead letters.')
    .action(async () => {
      await context.print('');
    });
}
