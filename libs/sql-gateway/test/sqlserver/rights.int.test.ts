import { entities } from '@ayna/contract';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate, openDatabase, openMirrorStore } from '../../src/index.ts';
import { runSql } from '../../src/run-sql.ts';
import { messageChange, messageDeletion } from '../sample-changes.ts';
import { sqlServerDatabase, type SqlServerDatabase } from '../sql-server-database.ts';
import { NO_SQL_SERVER, sqlServerUrl } from '../sql-server-url.ts';

const atHand = sqlServerUrl() !== undefined;
if (!atHand) test.skip(NO_SQL_SERVER);

describe.skipIf(!atHand)('a user in the role ayna_writer', () => {
  const login = `ayna_test_${randomBytes(6).toString('hex')}`;
  const password = `Aa1_${randomBytes(12).toString('hex')}`;
  let server: SqlServerDatabase;
  let writerUrl: string;

  beforeAll(async () => {
    server = await sqlServerDatabase();
    await using owner = openDatabase({ url: server.url, poolSize: 1 });
    await migrate(owner);
    await runSql(owner.kysely, `CREATE LOGIN ${login} WITH PASSWORD = '${password}'`);
    await runSql(owner.kysely, `CREATE USER ${login} FOR LOGIN ${login}`);
    await runSql(owner.kysely, `ALTER ROLE ayna_writer ADD MEMBER ${login}`);
    const url = new URL(server.url);
    url.username = login;
    url.password = password;
    writerUrl = url.href;
  });
  afterAll(async () => {
    await using owner = openDatabase({ url: server.url, poolSize: 1 });
    await runSql(owner.kysely, `DROP USER ${login}`);
    await owner.close();
    await server[Symbol.asyncDispose]();
    await using admin = openDatabase({ url: sqlServerUrl() ?? '', poolSize: 1 });
    await runSql(admin.kysely, `DROP LOGIN ${login}`);
  });

  /** Whether a procedure may write a table of its owner for a caller who may not. */
  const hasOwnershipChains = async (): Promise<boolean> => {
    await using owner = openDatabase({ url: server.url, poolSize: 1 });
    await runSql(owner.kysely, 'CREATE TABLE Chained (N int)');
    await runSql(owner.kysely, 'CREATE PROCEDURE Chain AS UPDATE Chained SET N = 1');
    await runSql(owner.kysely, 'GRANT EXECUTE ON Chain TO ayna_writer');
    await using writer = openDatabase({ url: writerUrl, poolSize: 1 });
    return await runSql(writer.kysely, 'EXEC Chain').then(
      () => true,
      () => false,
    );
  };

  test('can do all that a writer does', async ({ skip }) => {
    if (!(await hasOwnershipChains())) {
      skip('NOT COVERED: procedures of this engine do not lend the rights of their owner');
    }
    await using store = openMirrorStore({ database: writerUrl, entities });
    await store.verifySchema();
    const change = messageChange('by a writer', 10);
    expect(await store.apply([change])).toEqual(['applied']);
    expect(await store.apply([messageDeletion('by a writer', 20)])).toEqual(['applied']);
    expect(await store.read(change.entity, change.key)).toMatchObject({ columns: null });
    expect(await store.purgeTombstones(change.entity, new Date(Date.now() + 60_000))).toBe(1);
  });

  test.each([
    "INSERT FollowEdgesMirror (UserId, UserIdUtf8, TargetId, TargetIdUtf8, SourceVersion, EventId, MirroredAt) VALUES ('u', 0x75, 't', 0x74, 1, 'e', SYSUTCDATETIME())",
    'UPDATE DmMessagesMirror SET Body = NULL',
    'DELETE FROM DmMessagesMirror',
    'DROP TABLE DmMessagesMirror',
    'SELECT * FROM ayna_migrations',
  ])('is refused: %s', async (statement) => {
    await using database = openDatabase({ url: writerUrl, poolSize: 1 });
    await expect(runSql(database.kysely, statement)).rejects.toThrow(
      /permission|denied|not exist|must be owner/i,
    );
  });
});
