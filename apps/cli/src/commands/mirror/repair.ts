import { InvalidArgumentError, type Command } from 'commander';
import type { CommandContext } from '../../command-context.ts';
import type { RepairCommandOptions } from './command-options.ts';
import { addScopeOptions, decimal } from './check-options.ts';

const DEFAULT_TIMEOUT_SECONDS = 60;

/** Adds `ayna mirror repair`. */
export function addRepairCommand(mirror: Command, context: CommandContext): void {
  addScopeOptions(mirror.command('repair'))
    .description(
      'Check, publish what differs again, and wait until it is right in SQL. Ends with 1 when something is not.',
    )
    .option('--dry-run', 'say what would be published, and publish nothing', false)
    .option('--rate <n>', 'publish so many a second at most', positive)
    .option(
      '--timeout <seconds>',
      'how long a repair may take to arrive in SQL',
      positive,
      DEFAULT_TIMEOUT_SECONDS,
    )
    .action(async (options: RepairCommandOptions) => {
      const { runRepairCommand } = await import('./run-repair-command.ts');
      await runRepairCommand(context, options);
    });
}

function positive(text: string): number {
  const number = decimal(text);
  if (number === 0) throw new InvalidArgumentError('Expected a number above 0.');
  return number;
}
