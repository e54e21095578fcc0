import { AynaError } from '@ayna/contract';
import { postgresDirectory } from '@ayna/sql';
import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { classifySqlError } from '../errors/classify-sql-error.ts';
import { sqlError } from '../errors/sql-error.ts';
import {
  CREATE_HISTORY,
  HISTORY_EXISTS,
  LOCK,
  READ_HISTORY,
  RECORD_FILE,
} from '../postgres/migration-history.ts';
import { runSql } from '../run-sql.ts';
import { planSteps, type AppliedFiles, type MigrationStep } from './plan-steps.ts';
import { readSqlFiles, type SqlFiles } from './sql-files.ts';

export interface MigrateOptions {
  /** The folder with `migrations/` and `procedures/`. @defaultValue the one of `@ayna/sql` */
  readonly directory?: string;
}

/**
 * Brings a database to the state of the SQL files: runs the migrations it has not run, in order,
 * and the procedures that are new or changed.
 *
 * Each file runs in a transaction of its own, under a lock that the transaction holds, and what is
 * left to do is read again under that lock. Any number of replicas may therefore call this at the
 * same time, on PGlite too, where a lock held by a connection would not keep another one out.
 *
 * Kysely's own migrator is not used: it runs modules of code, records their names only, and would
 * neither notice a changed file nor run procedures again.
 *
 * @returns what it ran; nothing when there was nothing to do
 * @throws AynaError `MigrationFailed`, naming the file and what the database answered;
 * `SqlUnavailable` when the database is away. What ran before stays.
 */
export async function migrate(
  database: Database,
  { directory = postgresDirectory }: MigrateOptions = {},
): Promise<MigrationStep[]> {
  const files = await readSqlFiles(directory);
  const done: MigrationStep[] = [];
  for (;;) {
    const step = await attempt(database, () =>
      database.kysely.transaction().execute((transaction) => runNext(transaction, files)),
    );
    if (!step) return done;
    done.push(step);
  }
}

/**
 * What `migrate` would run now: the dry run. Changes nothing.
 *
 * @throws AynaError as `migrate` does
 */
export async function planMigrations(
  database: Database,
  { directory = postgresDirectory }: MigrateOptions = {},
): Promise<MigrationStep[]> {
  const files = await readSqlFiles(directory);
  return attempt(database, async () => {
    const [state] = await runSql<{ readonly exists: boolean }>(database.kysely, HISTORY_EXISTS);
    return planSteps(files, state?.exists ? await readApplied(database.kysely) : new Map());
  });
}

async function runNext(
  transaction: Transaction<unknown>,
  files: SqlFiles,
): Promise<MigrationStep | undefined> {
  await runSql(transaction, LOCK);
  await runSql(transaction, CREATE_HISTORY);
  const [next] = planSteps(files, await readApplied(transaction));
  if (!next) return undefined;
  try {
    await runSql(transaction, next.file.text);
  } catch (error) {
    if (classifySqlError(error) === 'unavailable') throw error;
    const answer = error instanceof Error ? error.message : String(error);
    throw new AynaError('MigrationFailed', `${next.file.name}: ${answer}`, { cause: error });
  }
  await runSql(transaction, RECORD_FILE, [next.file.name, next.file.checksum]);
  return next;
}

async function readApplied(kysely: Kysely<unknown>): Promise<AppliedFiles> {
  const rows = await runSql<{ readonly name: string; readonly checksum: string }>(
    kysely,
    READ_HISTORY,
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

async function attempt<T>({ target }: Database, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw sqlError(error, `migrating (${target})`);
  }
}
