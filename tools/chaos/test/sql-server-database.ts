import { randomBytes } from 'node:crypto';
import { openDatabase } from '@ayna/sql-gateway';
import { sql } from 'kysely';
import { vi } from 'vitest';

const DROPPED = { timeout: 30_000, interval: 250 };

interface TestDatabase extends AsyncDisposable {
  readonly url: string;
}

/** An empty database on a SQL Server, which is dropped at the end. */
export async function sqlServerDatabase(server: string): Promise<TestDatabase> {
  const admin = openDatabase({ url: server, poolSize: 1, statementTimeoutMs: 120_000 });
  const name = `ayna_chaos_${randomBytes(6).toString('hex')}`;
  await sql.raw(`CREATE DATABASE ${name}`).execute(admin.kysely);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      // A server takes a moment to see that the last connection has gone.
      await vi.waitFor(() => sql.raw(`DROP DATABASE ${name}`).execute(admin.kysely), DROPPED);
      await admin.close();
    },
  };
}
