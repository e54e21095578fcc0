import { randomBytes } from 'node:crypto';
import { vi } from 'vitest';
import { openDatabase } from '../src/index.ts';
import { runSql } from '../src/run-sql.ts';

const DROPPED = { timeout: 30_000, interval: 250 };

/** An empty database on SQL Server that is dropped at the end. */
export interface SqlServerDatabase extends AsyncDisposable {
  readonly url: string;
}

/** The URL of a server on which tests may make databases; undefined where none is at hand. */
export function sqlServerUrl(): string | undefined {
  const { SQLSERVER_URL: own, DATABASE_URL: given } = process.env;
  return own ?? (given !== undefined && /^(mssql|sqlserver):/.test(given) ? given : undefined);
}

/** Names the variable that lets the tests of SQL Server run, for the title of a skipped one. */
export const NO_SQL_SERVER =
  'NOT COVERED: no SQL Server at hand. Set SQLSERVER_URL=mssql://USER:PASSWORD@HOST:PORT/master';

/** Makes a database on the server of `SQLSERVER_URL`, or of `DATABASE_URL` when that is one. */
export async function sqlServerDatabase(): Promise<SqlServerDatabase> {
  const server = sqlServerUrl();
  if (server === undefined) throw new Error(NO_SQL_SERVER);
  const admin = openDatabase({ url: server, poolSize: 1, statementTimeoutMs: 120_000 });
  const name = `ayna_test_${randomBytes(6).toString('hex')}`;
  await runSql(admin.kysely, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      // A server takes a moment to see that the last connection has gone.
      await vi.waitFor(() => runSql(admin.kysely, `DROP DATABASE ${name}`), DROPPED);
      await admin.close();
    },
  };
}
