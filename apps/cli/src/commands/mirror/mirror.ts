import type { Command } from 'commander';

/** Adds `ayna mirror ...`: one file here for each verb, which loads what is heavy when it runs. */
export function addMirrorCommands(program: Command): void {
  program.command('mirror', { hidden: true }).description('Fill, compare and repair the mirror.');
}
