import { startPglite, type RunningDatabase } from '@ayna/emulator-sql';
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

  test('without a database it says which setting is missing, exit 2', async () => {
    const { code, stderr } = await ayna(['migrations', 'plan'], {});
    expect(code).toBe(2);
    expect(stderr).toContain('DATABASE_URL');
  });
});
