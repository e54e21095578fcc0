import { entities } from '@ayna/contract';
import { startPglite } from '@ayna/emulator-sql';
import { migrate, openDatabase, openMirrorStore } from '../src/index.ts';
import { describeMirrorStore } from './mirror-store-conformance.ts';

describeMirrorStore('PGlite', async () => {
  const server = await startPglite();
  const database = openDatabase({ url: server.url });
  await migrate(database);
  return {
    url: server.url,
    database,
    store: openMirrorStore({ database, entities }),
    [Symbol.asyncDispose]: async () => {
      await database.close();
      await server.close();
    },
  };
});
