import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { entities } from '@ayna/contract';
import { spawnPglite, startPostgres } from '@ayna/emulator-sql';
import { migrate, openDatabase, openMirrorStore, type MirrorStore } from '@ayna/sql-gateway';
import { CompiledQuery } from 'kysely';
import pg from 'pg';

const DROP_ATTEMPTS = 60;
const DROP_PAUSE_MS = 500;

/** A migrated, empty database of one measured run. */
export interface BenchDatabase extends AsyncDisposable {
  readonly url: string;
}

/** Where databases to measure on come from. */
export interface DatabaseSource extends AsyncDisposable {
  fresh(): Promise<BenchDatabase>;
}

/** A real PostgreSQL that keeps its promises: a commit is on the disk when it returns. */
export async function postgresSource(): Promise<DatabaseSource> {
  const server = await startPostgres({ durable: true });
  let made = 0;
  return {
    async fresh() {
      made += 1;
      const name = `bench_${made}`;
      await run(server.url, `CREATE DATABASE ${name}`);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      await migrated(url.href);
      await run(server.url, 'CHECKPOINT');
      return {
        url: url.href,
        [Symbol.asyncDispose]: () => run(server.url, `DROP DATABASE ${name} WITH (FORCE)`),
      };
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** PGlite in a temporary folder, each database in a process of its own. */
export function pgliteSource(): DatabaseSource {
  return {
    async fresh() {
      const database = await spawnPglite();
      await migrated(database.url);
      return database;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The SQL Server at hand: that of `SQLSERVER_URL`, or of `DATABASE_URL` when it is one. */
export function sqlServerUrl(): string | undefined {
  const { SQLSERVER_URL: own, DATABASE_URL: given } = process.env;
  return [own, given].find((url) => url !== undefined && /^(mssql|sqlserver):/.test(url));
}

/** Databases made on a SQL Server, and dropped. */
export function sqlServerSource(server: string): DatabaseSource {
  const admin = openDatabase({ url: server, poolSize: 1, statementTimeoutMs: 120_000 });
  const execute = (text: string) => admin.kysely.executeQuery(CompiledQuery.raw(text));
  return {
    async fresh() {
      const name = `ayna_bench_${randomBytes(6).toString('hex')}`;
      await execute(`CREATE DATABASE ${name}`);
      const url = new URL(server);
      url.pathname = `/${name}`;
      await migrated(url.href);
      return { url: url.href, [Symbol.asyncDispose]: () => dropped(name) };
    },
    [Symbol.asyncDispose]: () => admin.close(),
  };

  async function dropped(name: string): Promise<void> {
    // A server takes a moment to see that the last connection has gone.
    for (let attempt = 1; ; attempt += 1) {
      try {
        await execute(`DROP DATABASE ${name}`);
        return;
      } catch (error) {
        if (attempt === DROP_ATTEMPTS) throw error;
        await delay(DROP_PAUSE_MS);
      }
    }
  }
}

/** How many rows the mirror tables hold, and how many of them are tombstones. */
export async function rowCounts(url: string): Promise<{ rows: number; tombstones: number }> {
  await using store: MirrorStore = openMirrorStore({ database: url, entities });
  let rows = 0;
  let live = 0;
  for (const entity of entities) {
    rows += await store.count(entity, { includeTombstones: true });
    live += await store.count(entity);
  }
  return { rows, tombstones: rows - live };
}

async function migrated(url: string): Promise<void> {
  await using database = openDatabase({ url, poolSize: 1 });
  await migrate(database);
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
