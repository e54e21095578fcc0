import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.ts';
import { addBackfillCommand } from './backfill.ts';
import { addCheckCommand } from './check.ts';
import { addCutoverCommand } from './cutover.ts';
import { addRepairCommand } from './repair.ts';

/** Adds `ayna mirror ...`: one file here for each verb, which loads what is heavy when it runs. */
export function addMirrorCommands(program: Command, context: CommandContext): void {
  const mirror = program
    .command('mirror')
    .description('Fill, compare and repair the mirror; move reads over to it.');
  addBackfillCommand(mirror, context);
  addCheckCommand(mirror, context);
  addRepairCommand(mirror, context);
  addCutoverCommand(mirror, context);
}
