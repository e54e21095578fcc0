import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.ts';
import type { CheckCommandOptions } from './command-options.ts';
import { addScopeOptions, decimal, wholeNumber } from './check-options.ts';

/** Adds `ayna mirror check`. */
export function addCheckCommand(mirror: Command, context: CommandContext): void {
  addScopeOptions(mirror.command('check'))
    .description(
      'Compare Firestore with SQL, key by key. Changes nothing. Ends with 1 when there is more drift than allowed.',
    )
    .option('--max-drift <percent>', 'drift that is allowed (CHECK_MAX_DRIFT_PERCENT)', decimal)
    .option(
      '--max-missing-in-firestore <n>',
      'rows without a document that are allowed (CHECK_MAX_MISSING_IN_FIRESTORE)',
      wholeNumber,
    )
    .option('--auth', 'also look whether the users that rows name are in Firebase Auth', false)
    .option(
      '--max-missing-in-auth <n>',
      'users missing in Firebase Auth that are allowed (CHECK_MAX_MISSING_IN_AUTH)',
      wholeNumber,
    )
    .action(async (options: CheckCommandOptions) => {
      const { runCheckCommand } = await import('./run-check-command.ts');
      await runCheckCommand(context, options);
    });
}
