import { entities } from '@ayna/contract';
import { spawnPglite, startPostgres } from '@ayna/emulator-sql';
import { migrate, openDatabase, openMirrorStore, type MirrorStore } from '@ayna/sql-gateway';
import pg from 'pg';

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
