import { PGlite } from '@electric-sql/pglite';
import { runningDatabase, type RunningDatabase } from '../running-database.ts';
import { ensureCluster, freshCluster } from './fresh-cluster.ts';
import { servePglite } from './socket-server.ts';

export interface PgliteOptions {
  /** Where the database is kept. @defaultValue in memory, gone when it is closed */
  readonly dataDirectory?: string;
  /** @defaultValue 0, a free port */
  readonly port?: number;
  /** @defaultValue `127.0.0.1` */
  readonly host?: string;
}

/** A small server: PGlite would take 160 MB of buffers and keep 1 GB of write-ahead log. */
const SETTINGS = [
  'shared_buffers = 16MB',
  'max_wal_size = 64MB',
  'min_wal_size = 32MB',
  'jit = off',
];

/**
 * Starts PGlite (PostgreSQL in WebAssembly) in this process, behind a TCP port that the ordinary
 * `pg` driver of any process connects to.
 *
 * @example
 * await using database = await startPglite();
 * const client = new pg.Client(database.url);
 */
export async function startPglite({
  dataDirectory,
  port = 0,
  host = '127.0.0.1',
}: PgliteOptions = {}): Promise<RunningDatabase> {
  if (dataDirectory !== undefined) await ensureCluster(dataDirectory);
  const db = await PGlite.create({
    postgresqlconf: SETTINGS,
    ...(dataDirectory === undefined
      ? { loadDataDir: await freshCluster() }
      : { dataDir: dataDirectory }),
  });
  try {
    const server = await servePglite(db, port, host);
    const url = `postgresql://postgres:postgres@${host}:${server.port}/postgres`;
    return runningDatabase(url, server.port, async () => {
      await server.close();
      await db.close();
    });
  } catch (error) {
    await db.close();
    throw error;
  }
}
