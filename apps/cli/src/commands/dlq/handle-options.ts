import type { Command } from 'commander';
import type { HandleOptions, HandleReport } from '@ayna/service-bus';
import type { CommandContext } from '../../command-context.ts';
import { letterCount } from './letter-count.ts';
import { addFilterOptions, type FilterOptions } from './filter-options.ts';

/** The options that replaying and discarding have in common. */
export interface HandleCommandOptions extends FilterOptions {
  readonly audit?: string;
  readonly as?: string;
  readonly json?: boolean;
}

export function addHandleOptions(command: Command): Command {
  return addFilterOptions(command)
    .option('--audit <file>', 'where records go (AYNA_AUDIT_FILE, or else ayna-audit.jsonl)')
    .option('--as <name>', 'who does it, for the audit (default: user@host)')
    .option('--json', 'one line of JSON for each dead letter');
}

/** What a run tells people while it waits. */
export function waitingNote(context: CommandContext): NonNullable<HandleOptions['onWait']> {
  return (locked) => {
    context.note(
      `Waiting for ${letterCount(locked)} that somebody else has locked: another operator, or a run that was killed.`,
    );
  };
}

/** The last line of a run. */
export function reportText(action: string, report: HandleReport): string {
  const { done, skipped, gone, left } = report;
  const parts = [`${action} ${done}`];
  if (skipped > 0) parts.push(`skipped ${skipped}`);
  if (gone > 0) parts.push(`${gone} were handled by somebody else`);
  if (left > 0) parts.push(`${left} are left: run it again`);
  return `${parts.join(', ')}.`;
}
