import { CompiledQuery, sql as fragment, type Kysely } from 'kysely';
import sql from 'mssql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase, sqlError, type Database } from '../../src/index.ts';
import { runSql } from '../../src/run-sql.ts';
import { sqlServerDatabase, type SqlServerDatabase } from '../sql-server-database.ts';
import { NO_SQL_SERVER, sqlServerUrl } from '../sql-server-url.ts';

const atHand = sqlServerUrl() !== undefined;
if (!atHand) test.skip(NO_SQL_SERVER);

describe.skipIf(!atHand)('the driver of SQL Server', () => {
  let place: SqlServerDatabase;
  let database: Database;
  beforeAll(async () => {
    place = await sqlServerDatabase();
    database = openDatabase({ url: place.url, poolSize: 3, connectTimeoutMs: 30_000 });
    await runSql(
      database.kysely,
      'CREATE TABLE Things (Name nvarchar(50) PRIMARY KEY, N int NOT NULL)',
    );
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await place[Symbol.asyncDispose]();
  }, 60_000);

  const run = (text: string, parameters?: unknown[]): Promise<Record<string, unknown>[]> =>
    runSql(database.kysely, text, parameters);
  const names = async (): Promise<unknown[]> =>
    (await run('SELECT Name FROM Things ORDER BY Name')).map(({ Name: name }) => name);

  test('reads what a JavaScript number or date cannot hold as text', async () => {
    const [row] = await run(`SELECT
      CAST(9007199254740993 AS bigint) AS a_bigint,
      CAST('2026-01-02T03:04:05.123456' AS datetime2(6)) AS a_datetime2,
      CAST('2026-01-02 03:04:05.1 +02:00' AS datetimeoffset(6)) AS a_datetimeoffset,
      CAST('0001-01-01' AS datetime2(6)) AS the_first,
      CAST('9999-12-31T23:59:59.999999' AS datetime2(6)) AS the_last,
      CAST('2026-01-02' AS date) AS a_date,
      CAST('03:04:05.123456' AS time(6)) AS a_time,
      CAST(12.50 AS decimal(10, 2)) AS a_decimal,
      CAST(0x00ff AS varbinary(10)) AS bytes,
      CAST(1 AS bit) AS a_bit,
      CAST(0.1 AS float) AS a_float,
      CAST(NULL AS datetime2(6)) AS nothing`);
    expect(row).toEqual({
      a_bigint: '9007199254740993',
      a_datetime2: '2026-01-02T03:04:05.123456Z',
      a_datetimeoffset: '2026-01-02T01:04:05.100000Z',
      the_first: '0001-01-01T00:00:00.000000Z',
      the_last: '9999-12-31T23:59:59.999999Z',
      a_date: '2026-01-02',
      a_time: '03:04:05.123456',
      a_decimal: '12.50',
      bytes: Buffer.from([0, 255]),
      a_bit: true,
      a_float: 0.1,
      nothing: null,
    });
  });

  test('sends every kind of parameter as it is', async () => {
    const [row] = await run(
      `SELECT @1 AS a, @2 AS b, @3 AS c, @4 AS d, CAST(@5 AS varbinary(max)) AS e, @6 AS f,
        CAST(@7 AS nvarchar(max)) AS g, CAST(@8 AS nvarchar(max)) AS h, @9 AS i`,
      [
        7,
        2n ** 62n,
        1.5,
        true,
        Uint8Array.from([0, 1, 255]),
        null,
        'é😀漢\u2028"\'',
        'ß'.repeat(100_000),
        new Date('2026-01-02T03:04:05.678Z'),
      ],
    );
    expect(row).toEqual({
      a: 7,
      b: String(2n ** 62n),
      c: 1.5,
      d: true,
      e: Buffer.from([0, 1, 255]),
      f: null,
      g: 'é😀漢\u2028"\'',
      h: 'ß'.repeat(100_000),
      i: '2026-01-02T03:04:05.678000Z',
    });
  });

  test('refuses numbers that no column can hold', async () => {
    for (const number of [NaN, Infinity]) {
      await expect(run('SELECT @1', [number])).rejects.toThrow(
        'parameter 1 is not a finite number',
      );
    }
  });

  test('sends a table of rows', async () => {
    await run('CREATE TYPE ThingList AS TABLE (Name nvarchar(50), N int)');
    const table = new sql.Table('ThingList');
    table.columns.add('Name', sql.NVarChar(50), { nullable: true });
    table.columns.add('N', sql.Int, { nullable: true });
    table.rows.add('t\n1', 1);
    table.rows.add('t2', null);
    expect(await run('SELECT Name, N FROM @1 ORDER BY Name', [table])).toEqual([
      { Name: 't\n1', N: 1 },
      { Name: 't2', N: null },
    ]);
  });

  test('gives the rows of several result sets one after the other, and how many rows changed', async () => {
    expect(await run('SELECT 1 AS a; SELECT 2 AS a, 3 AS b')).toEqual([{ a: 1 }, { a: 2, b: 3 }]);
    const text = 'INSERT INTO Things VALUES (@1, 1), (@2, 2)';
    const { numAffectedRows } = await database.kysely.executeQuery(
      CompiledQuery.raw(text, ['r1', 'r2']),
    );
    expect(numAffectedRows).toBe(2n);
    expect(await run("DELETE FROM Things WHERE Name LIKE 'r%'")).toEqual([]);
  });

  test('compiles the queries of Kysely', async () => {
    const kysely = database.kysely as Kysely<{ Things: { Name: string; N: number } }>;
    await kysely.insertInto('Things').values({ Name: 'k', N: 5 }).execute();
    expect(
      await kysely
        .selectFrom('Things')
        .select(['Name', fragment<number>`N + ${1}`.as('next')])
        .where('Name', '=', 'k')
        .execute(),
    ).toEqual([{ Name: 'k', next: 6 }]);
    const [deleted] = await kysely.deleteFrom('Things').where('Name', '=', 'k').execute();
    expect(deleted?.numDeletedRows).toBe(1n);
  });

  test('keeps a connection to one session, and gives it back as it came', async () => {
    await database.kysely.connection().execute(async (connection) => {
      await runSql(connection, 'CREATE TABLE #mine (a int)');
      expect(await runSql(connection, 'SELECT COUNT(*) AS n FROM #mine')).toEqual([{ n: 0 }]);
    });
  });

  test('commits a transaction whole, or rolls it back', async () => {
    await database.kysely.transaction().execute(async (transaction) => {
      await runSql(transaction, 'INSERT INTO Things VALUES (@1, 1)', ['kept']);
    });
    await expect(
      database.kysely
        .transaction()
        .setIsolationLevel('snapshot')
        .execute(async (transaction) => {
          await runSql(transaction, 'INSERT INTO Things VALUES (@1, 1)', ['gone']);
          await runSql(transaction, 'SELECT 1 / 0');
        }),
    ).rejects.toMatchObject({ number: 8134 });
    expect(await names()).toEqual(['kept']);
  });

  test('runs nothing outside a transaction that the server has ended', async () => {
    await expect(
      database.kysely.transaction().execute(async (transaction) => {
        await runSql(transaction, "SET XACT_ABORT ON; INSERT INTO Things VALUES (N'first', 1)");
        await runSql(transaction, 'INSERT INTO Things VALUES (@1, 1)', ['kept']).catch(
          () => undefined,
        );
        await runSql(transaction, 'INSERT INTO Things VALUES (@1, 1)', ['after']);
      }),
    ).rejects.toMatchObject({ number: 2627 });
    expect(await names()).toEqual(['kept']);
  });

  test.each([
    ['INSERT INTO Things VALUES (@1, 1)', ['kept'], 'SqlRejected'],
    ['INSERT INTO Things VALUES (@1, NULL)', ['null'], 'SqlRejected'],
    ['SELECT CAST(@1 AS int)', ['sesame'], 'SqlRejected'],
    ['SELECT * FROM Nowhere', [], 'SqlSchemaInvalid'],
    ['SELECT Nothing FROM Things', [], 'SqlSchemaInvalid'],
    ['EXEC sp_nowhere', [], 'SqlSchemaInvalid'],
  ])('tells what went wrong, without the values: %s', async (text, parameters, code) => {
    const error = await run(text, parameters).then(
      () => undefined,
      (thrown: unknown) => sqlError(thrown, 'running'),
    );
    expect(error).toMatchObject({ code });
    for (const value of parameters) expect(String(error)).not.toContain(`${value})`);
    expect(String(error)).not.toContain('sesame');
  });

  test('a wrong password and a database that is not there need somebody to act', async () => {
    const wrong = new URL(place.url);
    wrong.password = 'wrong-password';
    const nowhere = new URL(place.url);
    nowhere.pathname = '/nowhere';
    for (const url of [wrong.href, nowhere.href]) {
      await using other = openDatabase({ url, connectTimeoutMs: 30_000 });
      const error = await runSql(other.kysely, 'SELECT 1').catch((thrown: unknown) =>
        sqlError(thrown, 'x'),
      );
      expect(error).toMatchObject({ code: 'ConfigInvalid' });
      expect(String(error)).not.toContain('wrong-password');
    }
  });
});
