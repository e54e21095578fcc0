import { entities } from '@ayna/contract';
import { describe, test } from 'vitest';
import { migrate, openDatabase, openMirrorStore } from '../src/index.ts';
import { describeMigrations } from './conformance/migrations.ts';
import { describeMirrorStore } from './mirror-store-conformance.ts';
import { sqlServerDatabase, sqlServerUrl, type SqlServerDatabase } from './sql-server-database.ts';

if (sqlServerUrl === undefined) {
  test.skip('SQL Server is not covered: set SQLSERVER_URL to mssql://user:password@host:port/database', () => {
    throw new Error('skipped');
  });
} else {
  describeMirrorStore('SQL Server', async () => {
    const server = await sqlServerDatabase();
    const database = openDatabase({ url: server.url });
    await migrate(database);
    return {
      url: server.url,
      database,
      store: openMirrorStore({ database, entities }),
      [Symbol.asyncDispose]: async () => {
        await database.close();
        await server[Symbol.asyncDispose]();
      },
    };
  });

  describe('migrations on SQL Server', () => {
    const made: SqlServerDatabase[] = [];
    describeMigrations(async () => {
      const server = await sqlServerDatabase();
      made.push(server);
      return server.url;
    });
  });
}
