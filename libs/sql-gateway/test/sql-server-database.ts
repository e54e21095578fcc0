import { randomBytes } from 'node:crypto';
import { openDatabase } from '../src/index.ts';
import { runSql } from '../src/run-sql.ts';

/** The server to test against: `SQLSERVER_URL`, or `DATABASE_URL` where that is one. */
export const sqlServerUrl: string | undefined =
  process.env.SQLSERVER_URL ??
  (/^(mssql|sqlserver):/.test(process.env.DATABASE_URL ?? '')
    ? process.env.DATABASE_URL
    : undefined);

/** An empty SQL Server database that is dropped at the end. */
export interface SqlServerDatabase extends AsyncDisposable {
  readonly url: string;
}

/** Makes a database on the server of `sqlServerUrl`. */
export async function sqlServerDatabase(): Promise<SqlServerDatabase> {
  if (sqlServerUrl === undefined) throw new Error('set SQLSERVER_URL to mssql://...');
  const url = new URL(sqlServerUrl);
  url.pathname = '/master';
  const admin = openDatabase({ url: url.href, poolSize: 1 });
  const name = `ayna_test_${randomBytes(6).toString('hex')}`;
  await runSql(admin.kysely, `CREATE DATABASE ${name}`);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      await dropDatabase(() => runSql(admin.kysely, `DROP DATABASE ${name}`));
      await admin.close();
    },
  };
}

/** A server takes a moment to let go of the last connections of a database. */
async function dropDatabase(drop: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await drop();
      return;
    } catch (error) {
      if (attempt === 100) throw error;
    }
  }
}
