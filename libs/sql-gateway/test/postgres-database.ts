import { startPostgres } from '@ayna/emulator-sql';
import { randomBytes } from 'node:crypto';
import { openDatabase } from '../src/index.ts';
import { runSql } from '../src/run-sql.ts';

/** An empty PostgreSQL database that is dropped at the end. */
export interface PostgresDatabase extends AsyncDisposable {
  readonly url: string;
}

/** Makes a database on the server of `DATABASE_URL` when that is PostgreSQL, or on one of its own. */
export async function postgresDatabase(): Promise<PostgresDatabase> {
  const { DATABASE_URL: any } = process.env;
  const given = any?.startsWith('postgres') === true ? any : undefined;
  const server = given === undefined ? await startPostgres() : undefined;
  const admin = openDatabase({ url: given ?? server?.url ?? '', poolSize: 1 });
  const name = `ayna_test_${randomBytes(6).toString('hex')}`;
  await runSql(admin.kysely, `CREATE DATABASE ${name}`);
  const url = new URL(given ?? server?.url ?? '');
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      await runSql(admin.kysely, `DROP DATABASE ${name} WITH (FORCE)`);
      await admin.close();
      await server?.close();
    },
  };
}
