import { planMigrations, type MigrationStep } from '@ayna/sql-gateway';
import type { CommandContext } from '../../command-context.ts';
import { fileCount, stepJson, stepLines } from './describe-steps.ts';
import { withDatabase } from './with-database.ts';

export interface PlanOptions {
  readonly json?: boolean;
  readonly sql?: boolean;
}

/** What stands between two files. `GO` ends a batch for the tools of SQL Server, as in the files. */
const SEPARATORS = { postgres: '\n', sqlserver: 'GO\n\n' } as const;

/** `ayna migrations plan`: what `apply` would run, in that order. */
export async function planCommand(
  context: CommandContext,
  { json = false, sql = false }: PlanOptions,
): Promise<void> {
  await withDatabase(context, async (database) => {
    const steps = await planMigrations(database);
    const text = sql ? stepSql(steps, SEPARATORS[database.dialect]) : stepLines(steps);
    await context.print(json ? stepJson(steps) : text);
    context.note(
      steps.length === 0
        ? `${database.target} is up to date.`
        : `${fileCount(steps.length)} to run on ${database.target}.`,
    );
  });
}

function stepSql(steps: readonly MigrationStep[], separator: string): string {
  return steps
    .map(({ file, reason }) => `-- ${file.name} (${reason})\n\n${file.text.trimEnd()}\n`)
    .join(separator);
}
