import { entities } from '@ayna/contract';
import { migrate, openDatabase, openMirrorStore } from '../src/index.ts';
import { describeMirrorStore } from './mirror-store-conformance.ts';
import { postgresDatabase } from './postgres-database.ts';

describeMirrorStore('PostgreSQL', async () => {
  const postgres = await postgresDatabase();
  const database = openDatabase({ url: postgres.url });
  await migrate(database);
  return {
    url: postgres.url,
    database,
    store: openMirrorStore({ database, entities }),
    [Symbol.asyncDispose]: async () => {
      await database.close();
      await postgres[Symbol.asyncDispose]();
    },
  };
});
