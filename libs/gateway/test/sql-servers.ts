import { startPglite, startPostgres } from '@ayna/emulator-sql';
import { openDatabase } from '@ayna/sql-gateway';
import { sql } from 'kysely';
import { randomBytes } from 'node:crypto';
import { vi } from 'vitest';

/** Starts an empty database. */
export type StartSql = () => Promise<AsyncDisposable & { readonly url: string }>;

const DROPPED = { timeout: 30_000, interval: 250 };

/** Every database that the mirror is kept in; SQL Server where `SQLSERVER_URL` names one. */
export function sqlServers(): [name: string, start: StartSql][] {
  const { SQLSERVER_URL: url } = process.env;
  const all: [string, StartSql][] = [
    ['PGlite', startPglite],
    ['PostgreSQL', startPostgres],
  ];
  return url === undefined ? all : [...all, ['SQL Server', () => sqlServerDatabase(url)]];
}

async function sqlServerDatabase(server: string): ReturnType<StartSql> {
  const admin = openDatabase({ url: server, poolSize: 1, statementTimeoutMs: 120_000 });
  const name = `ayna_test_${randomBytes(6).toString('hex')}`;
  const run = (statement: string) => sql.raw(statement).execute(admin.kysely);
  await run(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      // A server takes a moment to see that the last connection has gone.
      await vi.waitFor(() => run(`DROP DATABASE ${name}`), DROPPED);
      await admin.close();
    },
  };
}
