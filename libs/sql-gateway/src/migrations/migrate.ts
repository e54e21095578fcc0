import { AynaError } from '@ayna/contract';
import { postgresDirectory, sqlServerDirectory } from '@ayna/sql';
import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { classifySqlError } from '../errors/classify-sql-error.ts';
import { sqlError } from '../errors/sql-error.ts';
import { postgresHistory } from '../postgres/history.ts';
import { runSql } from '../run-sql.ts';
import { sqlServerHistory } from '../sqlserver/history.ts';
import type { HistoryStatements } from './history-statements.ts';
import { planSteps, type AppliedFiles, type MigrationStep } from './plan-steps.ts';
import { readSqlFiles, type SqlFiles } from './sql-files.ts';

const dialects = {
  postgres: { directory: postgresDirectory, history: postgresHistory },
  sqlserver: { directory: sqlServerDirectory, history: sqlServerHistory },
} as const;

export interface MigrateOptions {
  /**
   * The folder with `migrations/` and `procedures/`.
   *
   * @defaultValue the one of `@ayna/sql` for the dialect of the database
   */
  readonly directory?: string;
  /**
   * Whose files they are, in lower-case letters. Each scope has a history of its own, so that
   * several may share a database. @defaultValue the mirror's
   */
  readonly scope?: string;
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
  { directory = dialects[database.dialect].directory, scope }: MigrateOptions = {},
): Promise<MigrationStep[]> {
  const history = historyOf(database, scope);
  const files = await readSqlFiles(directory);
  const done: MigrationStep[] = [];
  for (;;) {
    const step = await attempt(database, () =>
      database.kysely.transaction().execute((transaction) => runNext(transaction, history, files)),
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
  { directory = dialects[database.dialect].directory, scope }: MigrateOptions = {},
): Promise<MigrationStep[]> {
  const history = historyOf(database, scope);
  const files = await readSqlFiles(directory);
  return attempt(database, async () => {
    const [state] = await runSql<{ readonly found: number }>(database.kysely, history.find);
    const isThere = state?.found === 1;
    return planSteps(files, isThere ? await readApplied(database.kysely, history) : new Map());
  });
}

function historyOf({ dialect }: Database, scope: string | undefined): HistoryStatements {
  if (scope !== undefined && !/^[a-z]{1,20}$/.test(scope)) {
    throw new TypeError(`"${scope}" cannot be the scope of migrations`);
  }
  return dialects[dialect].history(
    scope === undefined ? 'ayna_migrations' : `ayna_${scope}_migrations`,
  );
}

async function runNext(
  transaction: Transaction<unknown>,
  history: HistoryStatements,
  files: SqlFiles,
): Promise<MigrationStep | undefined> {
  await runSql(transaction, history.lock);
  await runSql(transaction, history.create);
  const [next] = planSteps(files, await readApplied(transaction, history));
  if (!next) return undefined;
  try {
    for (const batch of history.batches(next.file.text)) await runSql(transaction, batch);
  } catch (error) {
    if (classifySqlError(error) === 'unavailable') throw error;
    const answer = error instanceof Error ? error.message : String(error);
    throw new AynaError('MigrationFailed', `${next.file.name}: ${answer}`, { cause: error });
  }
  await runSql(transaction, history.record, [next.file.name, next.file.checksum]);
  return next;
}

async function readApplied(
  kysely: Kysely<unknown>,
  history: HistoryStatements,
): Promise<AppliedFiles> {
  const rows = await runSql<{ readonly name: string; readonly checksum: string }>(
    kysely,
    history.read,
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

async function attempt<T>({ target }: Database, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure = sqlError(error, `migrating (${target})`);
    if (failure.code !== 'SqlSchemaInvalid') throw failure;
    // "Run the migrations" is no help to whoever runs them: the login may not.
    const remedy = 'migrations take the rights of an owner of the database';
    throw new AynaError('MigrationFailed', `${failure.message}: ${remedy}`, { cause: error });
  }
}
