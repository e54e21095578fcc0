import sql from 'mssql';
import { rememberRefusal, type ErrorToken } from './server-messages.ts';
import { SqlServerError } from './sql-server-error.ts';

/** What of the driver's connection is used here. */
export interface TdsConnection {
  readonly closed: boolean;
  close(): void;
  reset(done: (error?: Error) => void): void;
}

/** A pool that makes its connections when they are needed, whatever became of earlier attempts. */
export interface SqlServerPool {
  /** @throws SqlServerError when no connection can be had */
  acquire(): Promise<TdsConnection>;
  /** Takes a connection back; one that is closed is forgotten. */
  release(connection: TdsConnection): void;
  /** A stand-in for the pool that gives requests and transactions this one connection only. */
  pinnedTo(connection: TdsConnection): sql.ConnectionPool;
  /** Closes the connections when they have been released. Safe to call twice. */
  close(): Promise<void>;
}

/** The part of the driver's pool that its own requests and transactions use. */
interface Lending {
  acquire(requester: unknown): Promise<TdsConnection>;
  release(connection: TdsConnection): unknown;
}

/**
 * Opens a pool of the driver. Its first use connects once to see whether that works; when it does
 * not, the next use tries again, and uses at the same time share one attempt.
 */
export function sqlServerPool(config: sql.config): SqlServerPool {
  const pool = new sql.ConnectionPool({ ...config, beforeConnect: noteRefusals });
  const lending = pool as unknown as Lending;
  // Those who wait for a connection are told of it; without a listener it would end the process.
  pool.on('error', () => undefined);
  let everConnected = false;
  let connecting: Promise<unknown> | undefined;
  let closing: Promise<void> | undefined;
  const connect = async (): Promise<void> => {
    if (pool.connected || closing) return;
    connecting ??= pool.connect().finally(() => (connecting = undefined));
    await connecting;
    everConnected = true;
  };
  const close = async (): Promise<void> => {
    await connecting?.catch(() => undefined);
    await pool.close();
  };
  return {
    async acquire() {
      try {
        await connect();
        return await lending.acquire(undefined);
      } catch (error) {
        throw SqlServerError.from(error, { neverConnected: !everConnected });
      }
    },
    release: (connection) => void lending.release(connection),
    pinnedTo: (connection) => pin(pool, connection),
    close: () => (closing ??= close()),
  };
}

/** The driver asks a pool for a connection by a callback and gives it back when it has finished. */
function pin(pool: sql.ConnectionPool, connection: TdsConnection): sql.ConnectionPool {
  return Object.create(pool, {
    acquire: {
      value: (
        _requester: unknown,
        done: (error: null, connection: TdsConnection, config: unknown) => void,
      ) => setImmediate(done, null, connection, (pool as unknown as { config: unknown }).config),
    },
    release: { value: () => undefined },
  }) as sql.ConnectionPool;
}

/** The driver's error of a login holds the last message of the server, and no number. */
function noteRefusals(connection: Parameters<NonNullable<sql.config['beforeConnect']>>[0]): void {
  const tokens: ErrorToken[] = [];
  const note = (token: ErrorToken): void => void tokens.push(token);
  connection.on('errorMessage', note);
  connection.prependOnceListener('connect', (error?: Error) => {
    connection.removeListener('errorMessage', note);
    if (error) rememberRefusal(error, tokens);
  });
}
