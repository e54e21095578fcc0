import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate, openDatabase, planMigrations, type Database } from '../../src/index.ts';
import { runSql } from '../../src/run-sql.ts';

const dialects = {
  postgres: {
    call: 'SELECT f() AS f',
    exists: (table: string) => `SELECT to_regclass('${table}') AS name`,
    procedure: (result: number) =>
      `CREATE OR REPLACE FUNCTION f() RETURNS int\nLANGUAGE sql AS $$ SELECT ${result} $$;\n`,
  },
  sqlserver: {
    call: 'EXEC f',
    exists: (table: string) => `SELECT OBJECT_ID(N'${table}', N'U') AS name`,
    procedure: (result: number) =>
      `IF OBJECT_ID(N'f', N'P') IS NULL EXEC(N'CREATE PROCEDURE f AS RETURN 0;');\nGO\nALTER PROCEDURE f AS SELECT ${result} AS f;\n`,
  },
} as const;

/** Guarantees about migrations; each test has an empty database. */
export function describeMigrations(emptyDatabase: () => Promise<string>): void {
  let directory: string;
  let database: Database;
  let url: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ayna-migrations-'));
    await mkdir(join(directory, 'migrations'));
    await mkdir(join(directory, 'procedures'));
    url = await emptyDatabase();
    database = openDatabase({ url, poolSize: 2 });
    await write(
      'migrations/0001_one.sql',
      'CREATE TABLE one (id int); INSERT INTO one VALUES (1);',
    );
    await write('migrations/0002_two.sql', 'CREATE TABLE two (id int);');
    await write('procedures/f.sql', sql().procedure(1));
  });

  afterEach(async () => {
    await database.close();
    await rm(directory, { recursive: true, force: true });
  });

  const sql = () => dialects[database.dialect];
  const exists = async (table: string) => {
    const [row] = await runSql<{ readonly name: string | number | null }>(
      database.kysely,
      sql().exists(table),
    );
    return row?.name != null;
  };
  const write = (name: string, text: string) => writeFile(join(directory, name), text);
  const run = async () => (await migrate(database, { directory })).map(described);
  const plan = async () => (await planMigrations(database, { directory })).map(described);

  test('runs what is new, once, and the plan says it before', async () => {
    const all = [
      'new migrations/0001_one.sql',
      'new migrations/0002_two.sql',
      'new procedures/f.sql',
    ];
    expect(await plan()).toEqual(all);
    expect(await exists('one')).toBe(false);
    expect(await run()).toEqual(all);
    expect(await plan()).toEqual([]);
    expect(await run()).toEqual([]);
    await write('migrations/0003_three.sql', 'CREATE TABLE three (id int)');
    expect(await run()).toEqual(['new migrations/0003_three.sql']);
  });

  test('runs a procedure again when its text has changed', async () => {
    await run();
    await write('procedures/f.sql', sql().procedure(2));
    expect(await plan()).toEqual(['changed procedures/f.sql']);
    await run();
    expect(await runSql(database.kysely, sql().call)).toEqual([{ f: 2 }]);
  });

  test('takes the line ends of another system for no change', async () => {
    await run();
    await write('procedures/f.sql', sql().procedure(1).replaceAll('\n', '\r\n'));
    expect(await plan()).toEqual([]);
  });

  test('any number of replicas may migrate at the same time', async () => {
    const replicas = Array.from({ length: 4 }, () => openDatabase({ url, poolSize: 1 }));
    const done = await Promise.all(replicas.map((replica) => migrate(replica, { directory })));
    await Promise.all(replicas.map((replica) => replica.close()));
    expect(done.flat().map(described).sort()).toEqual([
      'new migrations/0001_one.sql',
      'new migrations/0002_two.sql',
      'new procedures/f.sql',
    ]);
    expect(await runSql(database.kysely, 'SELECT id FROM one')).toEqual([{ id: 1 }]);
  });

  test('refuses an applied migration that was changed', async () => {
    await run();
    await write('migrations/0001_one.sql', 'CREATE TABLE one (id bigint)');
    const refused = {
      code: 'MigrationFailed',
      message: expect.stringContaining('migrations/0001_one.sql') as string,
    };
    await expect(run()).rejects.toMatchObject(refused);
    await expect(plan()).rejects.toMatchObject(refused);
  });

  test('refuses a gap in the numbers', async () => {
    await write('migrations/0004_four.sql', 'SELECT 1');
    await expect(plan()).rejects.toMatchObject({
      code: 'MigrationFailed',
      message:
        'migrations/0004_four.sql stands where migration 0003 should: the numbers must follow each other',
    });
  });

  test('refuses a database that a newer program has migrated', async () => {
    await run();
    await rm(join(directory, 'migrations/0002_two.sql'));
    await expect(run()).rejects.toMatchObject({
      code: 'MigrationFailed',
      message:
        'the database has run migrations/0002_two.sql, which this program does not have: deploy the program that has it',
    });
  });

  test('undoes the file that fails, names it, and keeps those before it', async () => {
    await write('migrations/0002_two.sql', 'CREATE TABLE two (id int); SELECT 1 / 0;');
    await expect(run()).rejects.toMatchObject({
      code: 'MigrationFailed',
      message: expect.stringMatching(/^migrations\/0002_two\.sql: div/i) as string,
    });
    expect(await plan()).toEqual(['new migrations/0002_two.sql', 'new procedures/f.sql']);
    expect(await exists('two')).toBe(false);
    await write('migrations/0002_two.sql', 'CREATE TABLE two (id int)');
    expect(await run()).toHaveLength(2);
  });

  test('says which folder cannot be read', async () => {
    await expect(
      migrate(database, { directory: join(directory, 'nowhere') }),
    ).rejects.toMatchObject({
      code: 'MigrationFailed',
      message: expect.stringContaining('nowhere') as string,
    });
  });
}

function described({ file, reason }: Awaited<ReturnType<typeof migrate>>[number]): string {
  return `${reason} ${file.name}`;
}
