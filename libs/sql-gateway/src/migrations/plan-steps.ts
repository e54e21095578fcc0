import { AynaError } from '@ayna/contract';
import type { SqlFile, SqlFiles } from './sql-files.ts';

/** A file that the database has yet to run. */
export interface MigrationStep {
  readonly file: SqlFile;
  /** Why: `new` was never run; `changed` is a procedure whose text is another now. */
  readonly reason: 'new' | 'changed';
}

/** The checksum of each file that the database has run, by name. */
export type AppliedFiles = ReadonlyMap<string, string>;

/**
 * What remains to be run: new migrations in order, then new and changed procedures.
 *
 * @throws AynaError `MigrationFailed` when the database and the files cannot be brought together:
 * an applied migration was changed, or the database has one that is not among the files
 */
export function planSteps(
  { migrations, procedures }: SqlFiles,
  applied: AppliedFiles,
): MigrationStep[] {
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = [...applied.keys()].find(
    (name) => name.startsWith('migrations/') && !known.has(name),
  );
  if (unknown !== undefined) {
    throw new AynaError(
      'MigrationFailed',
      `the database has run ${unknown}, which this program does not have: deploy the program that has it`,
    );
  }
  const steps: MigrationStep[] = [];
  for (const file of migrations) {
    const checksum = applied.get(file.name);
    if (checksum === undefined) steps.push({ file, reason: 'new' });
    else if (checksum !== file.checksum) {
      throw new AynaError(
        'MigrationFailed',
        `${file.name} was changed after it had been applied: restore it and put the change into a migration of its own`,
      );
    } else if (steps[0]) {
      throw new AynaError(
        'MigrationFailed',
        `the database has run ${file.name} but not ${steps[0].file.name}, which comes before it`,
      );
    }
  }
  for (const file of procedures) {
    const checksum = applied.get(file.name);
    if (checksum === file.checksum) continue;
    steps.push({ file, reason: checksum === undefined ? 'new' : 'changed' });
  }
  return steps;
}
