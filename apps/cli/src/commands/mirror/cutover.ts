import { Option, type Command } from 'commander';
import { repeatable } from '../../command-arguments.ts';
import type { CommandContext } from '../../command-context.ts';
import { percentage, wholeNumber } from './check-options.ts';
import type { CutoverCommandOptions } from './run-cutover-command.ts';

const DEFAULT_ROWS = 1_000;

/** Adds `ayna mirror cutover`. */
export function addCutoverCommand(mirror: Command, context: CommandContext): void {
  mirror
    .command('cutover')
    .description(
      'Move what clients read from: A Firestore, B SQL with Firestore to fall back on, C SQL only. Measures first, and refuses (ends with 1) while drift is over 0.1 % or P95 over 200 ms; back to A is always possible.',
    )
    .addOption(
      new Option('--to <phase>', 'the phase').choices(['A', 'B', 'C']).makeOptionMandatory(),
    )
    .option('--entity <name>', 'only dm or only follow', repeatable, [])
    .option('--percentage <n>', 'only so much of the users; the others stay', percentage)
    .addOption(
      new Option('--provider <name>', 'where the flag is (FLAGS_PROVIDER)').choices([
        'file',
        'remote-config',
      ]),
    )
    .option('--flags-file <path>', 'the file of the provider "file" (FLAGS_FILE)')
    .option('--rows <n>', 'newest changes to measure the latency of', wholeNumber, DEFAULT_ROWS)
    .option('--sample <percent>', 'compare only so much of the keys, e.g. 1%, chosen at random')
    .option('--seed <n>', 'choose the ranges of an earlier sample again', wholeNumber)
    .option('--dry-run', 'measure and say what would be done; change nothing', false)
    .option('--json', 'print the result as one line of JSON', false)
    .action(async (options: CutoverCommandOptions) => {
      const { runCutoverCommand } = await import('./run-cutover-command.ts');
      await runCutoverCommand(context, options);
    });
}
