import { randomBytes } from 'node:crypto';
import { startServiceBusEmulator, type ServiceBusEmulator } from '@ayna/emulator-service-bus';
import { migrate, openDatabase, type Database } from '@ayna/sql-gateway';
import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { EVENTUALLY, startWriter } from './running-writer.ts';

const server = process.env.SQLSERVER_URL;

if (server === undefined) {
  test.skip(
    'a writer on SQL Server is not covered: set SQLSERVER_URL to mssql://user:password@host:port/database',
  );
} else {
  describe('a writer on SQL Server that cannot start exits with 2 and says', () => {
    const name = `ayna_test_${randomBytes(6).toString('hex')}`;
    const password = `${randomBytes(12).toString('hex')}_aA1`;
    const url = new URL(server);
    let admin: Database;
    let broker: ServiceBusEmulator;

    beforeAll(async () => {
      url.pathname = '/master';
      admin = openDatabase({ url: url.href, poolSize: 1, statementTimeoutMs: 120_000 });
      await run(admin, `CREATE DATABASE ${name}`);
      url.pathname = `/${name}`;
      await using database = openDatabase({ url: url.href, poolSize: 1 });
      await migrate(database);
      await run(admin, `CREATE LOGIN ${name} WITH PASSWORD = '${password}'`);
      await run(database, `CREATE USER ${name} FOR LOGIN ${name}`);
      broker = await startServiceBusEmulator();
    }, 120_000);
    afterAll(async () => {
      await vi.waitFor(() => run(admin, `DROP DATABASE ${name}`), EVENTUALLY);
      await run(admin, `DROP LOGIN ${name}`);
      await admin.close();
      await broker.close();
    }, 120_000);

    const lastWords = async (env: Record<string, string>): Promise<string> => {
      await using writer = startWriter({
        SERVICEBUS_CONNECTION_STRING: broker.connectionString,
        DATABASE_URL: url.href,
        PORT: '0',
        ...env,
      });
      expect(await writer.exited).toBe(2);
      const lines = writer
        .log()
        .split('\n')
        .filter((line) => /^[A-Z]\w+: /.test(line));
      expect(lines).toHaveLength(1);
      return lines.join();
    };

    test('that a procedure is missing', async () => {
      const said = await lastWords({ SQL_PROC_DM_MESSAGE_UPSERT: 'sp_nowhere' });
      expect(said).toMatch(/^SqlSchemaInvalid: .*sp_nowhere/);
    });

    test('that a right is missing', async () => {
      const asNobody = new URL(url);
      asNobody.username = name;
      asNobody.password = password;
      const said = await lastWords({ DATABASE_URL: asNobody.href });
      expect(said).toMatch(/^SqlSchemaInvalid: /);
      expect(said).toMatch(/right|permission/);
      expect(said).not.toContain(password);
    });

    test('that the database was not migrated', async () => {
      const elsewhere = new URL(url);
      elsewhere.pathname = '/master';
      expect(await lastWords({ DATABASE_URL: elsewhere.href })).toMatch(/^SqlSchemaInvalid: /);
    });

    test('that the password is wrong, and that the database is missing', async () => {
      const wrong = new URL(url);
      wrong.password = 'not-the-password';
      expect(await lastWords({ DATABASE_URL: wrong.href })).toMatch(/^ConfigInvalid: .*login/i);
      const nowhere = new URL(url);
      nowhere.pathname = `/${name}_nowhere`;
      expect(await lastWords({ DATABASE_URL: nowhere.href })).toMatch(
        /^ConfigInvalid: .*database/i,
      );
    });
  });
}

async function run({ kysely }: Database, text: string): Promise<void> {
  await kysely.executeQuery(CompiledQuery.raw(text));
}
