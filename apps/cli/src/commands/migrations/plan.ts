import { planMigrations, type MigrationStep } from '@ayna/sql-gateway';
import type { CommandContext } from '../../command-context.ts';
import { fileCount, stepJson, stepLines } from './describe-steps.ts';
import { withDatabase } from './with-database.ts';

export interface PlanOptions {
  readonly json?: boolean;
  readonly sql?: boolean;
}

/** `ayna migrations plan`: what `apply` would run, in that order. */
export async function planCommand(
  context: CommandContext,
  { json = false, sql = false }: PlanOptions,
): Promise<void> {
  await withDatabase(context, async (database) => {
    const steps = await planMigrations(database);
    const format = json ? stepJson : sql ? stepSql : stepLines;
    await context.print(format(steps));
    context.note(
      steps.length === 0
        ? `${database.target} is up to date.`
        : `${fileCount(steps.length)} to run on ${database.target}.`,
    );
  });
}

function stepSql(steps: readonly MigrationStep[]): string {
  return steps
    .map(({ file, reason }) => `-- ${file.name} (${reason})\n\n${file.text.trimEnd()}\n`)
    .join('\n');
}
