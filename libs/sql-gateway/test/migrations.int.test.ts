import { startPglite, type RunningDatabase } from '@ayna/emulator-sql';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { openDatabase } from '../src/index.ts';
import { runSql } from '../src/run-sql.ts';
import { describeMigrations } from './conformance/migrations.ts';
import { postgresDatabase, type PostgresDatabase } from './postgres-database.ts';

describe('migrations on PGlite', () => {
  let server: RunningDatabase;
  beforeAll(async () => {
    server = await startPglite();
  });
  afterAll(() => server.close());
  describeMigrations(async () => {
    await using admin = openDatabase({ url: server.url, poolSize: 1 });
    await runSql(admin.kysely, 'DROP SCHEMA public CASCADE');
    await runSql(admin.kysely, 'CREATE SCHEMA public');
    return server.url;
  });
});

describe('migrations on PostgreSQL', () => {
  let postgres: PostgresDatabase;
  beforeAll(async () => {
    postgres = await postgresDatabase();
  });
  afterAll(() => postgres[Symbol.asyncDispose]());
  describeMigrations(async () => {
    const schema = `s_${randomBytes(6).toString('hex')}`;
    await using admin = openDatabase({ url: postgres.url, poolSize: 1 });
    await runSql(admin.kysely, `CREATE SCHEMA ${schema}`);
    const url = new URL(postgres.url);
    url.searchParams.set('options', `-c search_path=${schema}`);
    return url.href;
  });
});
