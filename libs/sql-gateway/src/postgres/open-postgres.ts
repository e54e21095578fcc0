import { AynaError } from '@ayna/contract';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database, DatabaseOptions } from '../database.ts';
import { exactTypes } from './value-parsers.ts';
import { watchClient } from './watch-client.ts';

const DEFAULT_POOL_SIZE = 10;
const DEFAULT_STATEMENT_TIMEOUT_MS = 30_000;
const DEFAULT_CONNECT_TIMEOUT_MS = 5_000;
/**
 * How much longer than the server's own limit the client waits before it gives a connection up:
 * the server answers in time unless it, or the network, is gone.
 */
const SILENCE_MARGIN_MS = 2_000;

/** Opens PostgreSQL, or whatever speaks its protocol. */
export function openPostgres({
  url,
  poolSize = DEFAULT_POOL_SIZE,
  statementTimeoutMs = DEFAULT_STATEMENT_TIMEOUT_MS,
  applicationName = 'ayna',
  connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS,
}: DatabaseOptions): Database {
  const target = describeTarget(url);
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    application_name: applicationName,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + SILENCE_MARGIN_MS,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    types: exactTypes,
  });
  // The pool drops a broken idle connection by itself; without a listener that would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', watchClient);
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= kysely.destroy().then(() => endPool(pool)));
  return { dialect: 'postgres', kysely, target, close, [Symbol.asyncDispose]: close };
}

/** Kysely leaves a pool alone that it has never used. */
async function endPool(pool: pg.Pool): Promise<void> {
  if (!pool.ending) await pool.end();
}

function describeTarget(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `${hostname || 'localhost'}:${port || '5432'}${pathname || '/'}`;
  } catch {
    throw new AynaError(
      'ConfigInvalid',
      'the database URL cannot be read: expected postgresql://user:password@host:port/database, with special characters of the password percent-encoded',
    );
  }
}
