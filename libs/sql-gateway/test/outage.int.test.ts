import { dmMessage, entities } from '@ayna/contract';
import { startPglite, startPostgres } from '@ayna/emulator-sql';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrate, openDatabase, openMirrorStore } from '../src/index.ts';
import { silenceableNetwork } from './silenceable-network.ts';
import { messageChange } from './sample-changes.ts';

const servers = { PGlite: startPglite, PostgreSQL: startPostgres };

test.each(Object.entries(servers))(
  'an outage of %s is told as one that heals, and the same store goes on after it',
  async (_, start) => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'ayna-outage-'));
    try {
      const first = await start({ dataDirectory });
      await using database = openDatabase({ url: first.url, poolSize: 2 });
      const store = openMirrorStore({ database, entities });
      await migrate(database);
      await store.apply([messageChange('before', 1)]);
      await first.close();
      const away = { code: 'SqlUnavailable', heals: true };
      await expect(store.apply([messageChange('during', 1)])).rejects.toMatchObject(away);
      await expect(store.count(dmMessage)).rejects.toMatchObject(away);
      await expect(store.verifySchema()).rejects.toMatchObject(away);
      await expect(migrate(database)).rejects.toMatchObject(away);
      await using second = await start({ dataDirectory, port: first.port });
      expect(second.port).toBe(first.port);
      expect(await store.apply([messageChange('during', 1), messageChange('before', 1)])).toEqual([
        'applied',
        'duplicate',
      ]);
    } finally {
      await rm(dataDirectory, { recursive: true, force: true });
    }
  },
);

test('a server that falls silent is told as an outage, and the connection is not used again', async () => {
  await using server = await startPglite();
  await using network = await silenceableNetwork(server.port);
  await using database = openDatabase({
    url: server.url.replace(`:${server.port}/`, `:${network.port}/`),
    poolSize: 1,
    statementTimeoutMs: 100,
  });
  const store = openMirrorStore({ database, entities });
  await migrate(database);
  network.silence();
  await expect(store.apply([messageChange('unheard', 1)])).rejects.toMatchObject({
    code: 'SqlUnavailable',
  });
  network.speak();
  expect(await store.apply([messageChange('heard', 1)])).toEqual(['applied']);
});

test('a wrong password and a database that is not there need somebody to act', async () => {
  await using server = await startPostgres();
  const wrong = server.url.replace(':postgres@', ':wrong@');
  const nowhere = server.url.replace(/[^/]*$/, 'nowhere');
  for (const url of [wrong, nowhere]) {
    await using database = openDatabase({ url });
    await expect(openMirrorStore({ database, entities }).verifySchema()).rejects.toMatchObject({
      code: 'ConfigInvalid',
      message: expect.not.stringContaining('wrong') as string,
    });
  }
});
