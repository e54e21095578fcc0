import { entities } from '@ayna/contract';
import { afterAll, describe, test } from 'vitest';
import { migrate, openDatabase, openMirrorStore } from '../src/index.ts';
import { describeMigrations } from './conformance/migrations.ts';
import { describeMirrorStore } from './mirror-store-conformance.ts';
import { NO_SQL_SERVER, sqlServerDatabase, sqlServerUrl } from './sql-server-database.ts';

if (sqlServerUrl() === undefined) {
  test.skip(NO_SQL_SERVER);
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
    const made = new AsyncDisposableStack();
    afterAll(() => made.disposeAsync());
    describeMigrations(async () => made.use(await sqlServerDatabase()).url);
  });
}
