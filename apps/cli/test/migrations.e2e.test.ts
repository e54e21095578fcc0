import { startPglite, startPostgres, type RunningDatabase } from '@ayna/emulator-sql';
import { migrate, openDatabase, runSql } from '@ayna/sql-gateway';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ayna, type Ended } from './ayna.ts';

let server: RunningDatabase;

beforeEach(async () => {
  server = await startPglite();
});
afterEach(() => server.close());

const migrations = (...args: string[]): Promise<Ended> =>
  ayna(['migrations', ...args], { DATABASE_URL: server.url });

async function run(statement: string): Promise<readonly unknown[]> {
  await using database = openDatabase({ url: server.url });
  return await runSql(database.kysely, statement);
}

const names = (stdout: string): unknown[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { name: unknown }).name);

describe('ayna migrations', () => {
  test('apply runs what plan says, in its order, and afterwards there is nothing to do', async () => {
    const plan = await migrations('plan', '--json');
    const applied = await migrations('apply', '--json');
    expect({ plan: plan.code, apply: applied.code }).toEqual({ plan: 0, apply: 0 });
    expect(names(applied.stdout)).toEqual(names(plan.stdout));
    expect(names(plan.stdout)[0]).toBe('migrations/0001_dm_conversations_mirror.sql');

    const again = await migrations('apply');
    expect(again).toMatchObject({ code: 0, stdout: '' });
    expect(again.stderr).toContain('was up to date');
    expect((await migrations('plan')).stderr).toContain('is up to date');
  });

  test('plan changes nothing, not even the table of the history', async () => {
    await migrations('plan');
    expect(
      await run("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"),
    ).toEqual([]);
  });

  test('plan --sql prints the SQL itself: run by hand, it makes what apply makes', async () => {
    const { stdout, code } = await migrations('plan', '--sql');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^-- migrations\/0001_\w+\.sql \(new\)\n/);
    await run(stdout);
    const columns = `SELECT table_name, column_name, data_type FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name <> 'ayna_migrations' ORDER BY 1, 2`;
    const byHand = await run(columns);
    await using other = await startPglite();
    await using database = openDatabase({ url: other.url });
    await migrate(database);
    expect(byHand).toEqual(await runSql(database.kysely, columns));
  });

  test('a migration changed after it was run is refused by both with its name, exit 1', async () => {
    await migrations('apply');
    await run("UPDATE ayna_migrations SET checksum = 'x' WHERE name LIKE 'migrations/0002%'");
    for (const verb of ['plan', 'apply']) {
      const { code, stderr } = await migrations(verb);
      expect({ verb, code }).toEqual({ verb, code: 1 });
      expect(stderr).toMatch(/MigrationFailed.*migrations\/0002_\w+\.sql was changed/s);
    }
  });

  test('a database of a newer version is refused by both, and stays as it is', async () => {
    await migrations('apply');
    const newer =
      "INSERT INTO ayna_migrations (name, checksum) VALUES ('migrations/9999_x.sql', '')";
    await run(newer);
    for (const verb of ['plan', 'apply']) {
      const { code, stderr } = await migrations(verb);
      expect({ verb, code }).toEqual({ verb, code: 1 });
      expect(stderr).toMatch(/MigrationFailed.*migrations\/9999_x\.sql.*does not have/s);
    }
  });

  test('a login without rights, a read-only one and a database that is away are told apart', async () => {
    await using postgres = await startPostgres();
    await using database = openDatabase({ url: postgres.url });
    for (const role of ['stranger', 'viewer']) {
      await runSql(database.kysely, `CREATE ROLE ${role} LOGIN PASSWORD 'planted-hush'`);
    }
    await runSql(database.kysely, 'ALTER ROLE viewer SET default_transaction_read_only = on');
    await runSql(database.kysely, 'GRANT CREATE ON SCHEMA public TO viewer');
    const as = (role: string) =>
      ayna(['migrations', 'apply'], {
        DATABASE_URL: postgres.url.replace(/\/\/.*@/, `//${role}:planted-hush@`),
      });
    const said = [await as('stranger'), await as('viewer')];
    await postgres.close();
    said.push(await as('viewer'));
    expect(said.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(said.map(({ stderr }) => stderr)).toEqual([
      expect.stringMatching(
        /^MigrationFailed: .*\(42501\): migrations take the rights of an owner/,
      ),
      expect.stringMatching(/^SqlUnavailable: .*read-only transaction \(25006\)/),
      expect.stringMatching(/^SqlUnavailable: .*ECONNREFUSED/),
    ]);
    expect(JSON.stringify(said)).not.toContain('planted-hush');
  });

  test('without a database it says which setting is missing, exit 2', async () => {
    const { code, stderr } = await ayna(['migrations', 'plan'], {});
    expect(code).toBe(2);
    expect(stderr).toContain('DATABASE_URL');
  });
});
