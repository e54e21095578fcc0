import type { Kysely } from 'kysely';

/** Settings of a connection pool. */
export interface DatabaseOptions {
  /** `postgres://` or `postgresql://`; PGlite is reached by such a URL too. */
  readonly url: string;
  /** Connections at most. More than the server has cores seldom helps. @defaultValue 10 */
  readonly poolSize?: number;
  /** A statement that takes longer is cancelled and fails. @defaultValue 30,000 */
  readonly statementTimeoutMs?: number;
  /** What the server shows beside the connections. @defaultValue `ayna` */
  readonly applicationName?: string;
  /** How long to wait for a connection, a free one of the pool included. @defaultValue 5,000 */
  readonly connectTimeoutMs?: number;
}

/**
 * An open database: a pool of connections that are made when they are needed.
 *
 * Through `kysely`, 64-bit integers and decimals are read as text, timestamps as RFC 3339 text in
 * UTC with six digits of fraction, dates as text: nothing passes through a JavaScript number or
 * `Date` that could not hold it.
 */
export interface Database extends AsyncDisposable {
  readonly dialect: 'postgres';
  readonly kysely: Kysely<unknown>;
  /** Host, port and database, for messages: never the password. */
  readonly target: string;
  /** Closes the connections when they have finished. Safe to call twice. */
  close(): Promise<void>;
}
