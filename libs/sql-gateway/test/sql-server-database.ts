import { randomBytes } from 'node:crypto';
import { vi } from 'vitest';
import { openDatabase } from '../src/index.ts';
import { runSql } from '../src/run-sql.ts';
import { NO_SQL_SERVER, sqlServerUrl } from './sql-server-url.ts';

const EVENTUALLY = { timeout: 30_000, interval: 250 };

/** An empty database on SQL Server that is dropped at the end. */
export interface SqlServerDatabase extends AsyncDisposable {
  readonly url: string;
}

/** Makes a database on the server of `SQLSERVER_URL`, or of `DATABASE_URL` when that is one. */
export async function sqlServerDatabase(): Promise<SqlServerDatabase> {
  const server = sqlServerUrl();
  if (server === undefined) throw new Error(NO_SQL_SERVER);
  const admin = openDatabase({ url: server, poolSize: 1, statementTimeoutMs: 120_000 });
  const name = `ayna_test_${randomBytes(6).toString('hex')}`;
  // Servers make one database at a time, and refuse another one meanwhile.
  await vi
    .waitFor(() => runSql(admin.kysely, `CREATE DATABASE ${name}`), EVENTUALLY)
    .catch(async (error: unknown) => {
      await admin.close();
      throw error;
    });
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      // A server takes a moment to see that the last connection has gone.
      await vi.waitFor(() => runSql(admin.kysely, `DROP DATABASE ${name}`), EVENTUALLY);
      await admin.close();
    },
  };
}
