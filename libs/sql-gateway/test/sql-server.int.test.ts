import { entities } from '@ayna/contract';
import { sqlServerDirectory } from '@ayna/sql';
import { sqlServerDialect } from '@ayna/sqlgen';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { migrate, openDatabase, openMirrorReads, openMirrorStore } from '../src/index.ts';
import { describeMigrations } from './conformance/migrations.ts';
import { describeMirrorStore } from './mirror-store-conformance.ts';
import { conversationRow, deleted } from './sample-rows.ts';
import { describeColumns, dumpSqlServerSchema } from './sqlserver/schema-dump.ts';
import { sqlServerDatabase } from './sql-server-database.ts';
import { NO_SQL_SERVER, sqlServerUrl } from './sql-server-url.ts';

const REMEDY =
  'the schema is another than sql/sqlserver/schema.sql says: run `pnpm --filter @ayna/sql-gateway exec vitest run sql-server --update` and commit it';

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

  test('the migrations make the schema that is committed, and the columns of the contract', async () => {
    await using server = await sqlServerDatabase();
    await using database = openDatabase({ url: server.url });
    await migrate(database);
    await expect(await dumpSqlServerSchema(database.kysely), REMEDY).toMatchFileSnapshot(
      join(sqlServerDirectory, 'schema.sql'),
    );
    const tables = await describeColumns(database.kysely);
    for (const entity of entities) {
      const columns = tables.get(entity.table.toLowerCase()) ?? [];
      const stored = columns.filter(({ computed }) => !computed);
      const wanted = sqlServerDialect.columns(entity).map(({ name, type }) => ({
        name: name.replaceAll(/[[\]]/g, '').toLowerCase(),
        type: type.replace(/ COLLATE \S+/, '').replace(/ CONSTRAINT .*/, ''),
      }));
      expect(
        stored.map(({ name, type }) => ({ name, type })),
        `the migrations do not make ${entity.table} as the contract says it: run \`pnpm sqlgen migration ${entity.name}\``,
      ).toEqual(wanted);
    }
  });

  test('the conversations that were there before the table of their people are found by it', async () => {
    await using server = await sqlServerDatabase();
    await using database = openDatabase({ url: server.url });
    await using before = await sqlBefore('0006_');
    await migrate(database, { directory: before.directory });
    const store = openMirrorStore({ database, entities });
    const changes = [1, 2, 3].map((n) =>
      conversationRow(`c${n}`, { ownerId: `u${n}`, peerIds: ['u1', 'ü2'] }),
    );
    await store.apply([...changes, deleted(conversationRow('gone', { ownerId: 'u1' }))]);
    await migrate(database);
    const reads = openMirrorReads(database);
    const found = async (user: string) =>
      (await reads.conversations(user, { limit: 9 })).rows.map((row) => row.conversationId);
    expect(await found('u1')).toEqual(['c3', 'c2', 'c1']);
    expect(await found('u3')).toEqual(['c3']);
    expect(await found('ü2')).toHaveLength(3);
  });

  describe('migrations on SQL Server', () => {
    const made = new AsyncDisposableStack();
    afterAll(() => made.disposeAsync());
    describeMigrations(async () => made.use(await sqlServerDatabase()).url);
  });
}

/** The SQL of Ayna as it was before a migration. */
async function sqlBefore(migration: string): Promise<{ directory: string } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'ayna-sql-'));
  await cp(sqlServerDirectory, directory, {
    recursive: true,
    filter: (path) => !/^\d{4}_/.test(basename(path)) || basename(path) < migration,
  });
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}
