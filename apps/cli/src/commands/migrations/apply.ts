import { migrate } from '@ayna/sql-gateway';
import type { CommandContext } from '../../command-context.ts';
import { fileCount, stepJson, stepLines } from './describe-steps.ts';
import { withDatabase } from './with-database.ts';

export interface ApplyOptions {
  readonly json?: boolean;
}

/** `ayna migrations apply`: runs what `plan` says. */
export async function applyCommand(
  context: CommandContext,
  { json = false }: ApplyOptions,
): Promise<void> {
  await withDatabase(context, async (database) => {
    const steps = await migrate(database);
    await context.print(json ? stepJson(steps) : stepLines(steps));
    context.note(
      steps.length === 0
        ? `${database.target} was up to date.`
        : `${fileCount(steps.length)} run on ${database.target}.`,
    );
  });
}
