import type { Kysely } from 'kysely';

/** Settings of a connection pool. */
export interface DatabaseOptions {
  /**
   * `postgres://` or `postgresql://`, PGlite included; `mssql://` or `sqlserver://`, or a connection
   * string as .NET knows it (`Server=...;Database=...`), for SQL Server and Azure SQL.
   */
  readonly url: string;
  /** Connections at most. More than the server has cores seldom helps. @defaultValue 10 */
  readonly poolSize?: number;
  /** A statement that takes longer is cancelled and fails. @defaultValue 30,000 */
  readonly statementTimeoutMs?: number;
  /** What the server shows beside the connections. @defaultValue `ayna` */
  readonly applicationName?: string;
  /** How long to wait for a connection, a free one of the pool included. @defaultValue 5,000 */
  readonly connectTimeoutMs?: number;
  /**
   * SQL Server only: a token of Entra ID for `https://database.windows.net/`, which takes the place
   * of user and password. A function is asked for each new connection; text is good until it
   * expires, and connections made later fail.
   */
  readonly accessToken?: string | (() => Promise<string>);
}

/**
 * An open database: a pool of connections that are made when they are needed.
 *
 * Through `kysely`, 64-bit integers and decimals are read as text, timestamps as RFC 3339 text in
 * UTC with six digits of fraction, dates as text: nothing passes through a JavaScript number or
 * `Date` that could not hold it. Decimals of SQL Server are the exception: its driver reads them as
 * JavaScript numbers, so beyond 15 digits they are not exact; cast them to `varchar` in the query.
 */
export interface Database extends AsyncDisposable {
  readonly dialect: 'postgres' | 'sqlserver';
  readonly kysely: Kysely<unknown>;
  /** Host, port and database, for messages: never the password. */
  readonly target: string;
  /** Closes the connections when they have finished. Safe to call twice. */
  close(): Promise<void>;
}
