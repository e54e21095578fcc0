import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.ts';
import type { ApplyOptions } from './apply.ts';
import type { PlanOptions } from './plan.ts';

/** Adds `ayna migrations ...`: one file here for each verb, which loads what is heavy when it runs. */
export function addMigrationsCommands(program: Command, context: CommandContext): void {
  const migrations = program
    .command('migrations')
    .description('Bring the tables and procedures of the mirror up to this version.');

  migrations
    .command('plan')
    .description('Say what has to be run on the database; changes nothing.')
    .option('--sql', 'print the SQL itself, as it would be run')
    .option('--json', 'one line of JSON for each file')
    .action(async (options: PlanOptions) => {
      const { planCommand } = await import('./plan.ts');
      await planCommand(context, options);
    });

  migrations
    .command('apply')
    .description('Run it, each file in a transaction; safe to repeat, and while programs run.')
    .option('--json', 'one line of JSON for each file')
    .action(async (options: ApplyOptions) => {
      const { applyCommand } = await import('./apply.ts');
      await applyCommand(context, options);
    });
}
