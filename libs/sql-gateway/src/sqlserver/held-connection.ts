import type { CompiledQuery, DatabaseConnection, QueryResult, TransactionSettings } from 'kysely';
import sql from 'mssql';
import { bindParameters } from './bind-parameters.ts';
import { readValue, type ResultColumn } from './read-values.ts';
import { SqlServerError } from './sql-server-error.ts';
import type { SqlServerPool, TdsConnection } from './sql-server-pool.ts';

type IsolationLevel = NonNullable<TransactionSettings['isolationLevel']>;
type ResultRow = readonly unknown[];

const isolationLevels: Readonly<Partial<Record<IsolationLevel, number>>> = {
  'read uncommitted': sql.ISOLATION_LEVEL.READ_UNCOMMITTED,
  'read committed': sql.ISOLATION_LEVEL.READ_COMMITTED,
  'repeatable read': sql.ISOLATION_LEVEL.REPEATABLE_READ,
  serializable: sql.ISOLATION_LEVEL.SERIALIZABLE,
  snapshot: sql.ISOLATION_LEVEL.SNAPSHOT,
};

/**
 * One connection of the pool, from `acquire` to `release`.
 *
 * It has no transaction, a running one, or one that the server has ended because of an error (a
 * deadlock; any error under XACT_ABORT). In the last state statements and the commit fail with that
 * error, so that nothing runs outside the transaction that was asked for; the rollback has nothing
 * to do. It goes back to the pool as it came: a connection on which a rollback failed is closed, and
 * one whose session has another isolation level is reset.
 */
export class HeldConnection implements DatabaseConnection {
  readonly #pool: SqlServerPool;
  readonly #connection: TdsConnection;
  readonly #pinned: sql.ConnectionPool;
  #transaction: sql.Transaction | undefined;
  /** Why the server ended the transaction. */
  #ended: SqlServerError | undefined;
  #lastError: SqlServerError | undefined;
  #needsReset = false;

  private constructor(pool: SqlServerPool, connection: TdsConnection) {
    this.#pool = pool;
    this.#connection = connection;
    this.#pinned = pool.pinnedTo(connection);
  }

  /** @throws SqlServerError when no connection can be had */
  static async acquire(pool: SqlServerPool): Promise<HeldConnection> {
    return new HeldConnection(pool, await pool.acquire());
  }

  /** @throws SqlServerError */
  async executeQuery<Row>({ sql: text, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.#ended) throw this.#ended;
    return this.#attempt(async () => {
      const request = this.#transaction?.request() ?? this.#pinned.request();
      request.arrayRowMode = true;
      bindParameters(request, parameters);
      const result = await (parameters.length > 0
        ? request.query<ResultRow>(text)
        : request.batch<ResultRow>(text));
      const affected = result.rowsAffected.reduce((sum, count) => sum + count, 0);
      return {
        rows: (result.recordsets as unknown as RecordSet[]).flatMap(rowsOf) as Row[],
        numAffectedRows: BigInt(affected),
      };
    });
  }

  /** @throws Error always: tables are read in pages here */
  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('streams of rows are not supported: read in pages');
  }

  /** @throws SqlServerError */
  async begin({ isolationLevel }: TransactionSettings): Promise<void> {
    this.#ended = undefined;
    const transaction = new sql.Transaction(this.#pinned);
    // The second argument of the event says that the server did it.
    transaction.on('rollback', (aborted: boolean) => {
      if (aborted) this.#ended = this.#lastError ?? SqlServerError.ended();
    });
    this.#needsReset ||= isolationLevel !== undefined && isolationLevel !== 'read committed';
    await this.#attempt(() => transaction.begin(levelOf(isolationLevel)));
    this.#transaction = transaction;
  }

  /** @throws SqlServerError also when the server had ended the transaction: nothing is stored */
  async commit(): Promise<void> {
    if (this.#ended) throw this.#ended;
    await this.#attempt(async () => this.#transaction?.commit());
    this.#transaction = undefined;
  }

  /** Never rejects: where a rollback fails, the connection is closed, and the server rolls back. */
  async rollback(): Promise<void> {
    const transaction = this.#transaction;
    const ended = this.#ended !== undefined;
    this.#transaction = undefined;
    this.#ended = undefined;
    if (transaction && !ended) await transaction.rollback().catch(() => this.#connection.close());
  }

  async release(): Promise<void> {
    if (this.#transaction) this.#connection.close();
    if (this.#needsReset && !this.#connection.closed) await this.#reset();
    this.#pool.release(this.#connection);
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#lastError = SqlServerError.from(error);
      if (this.#ended) this.#ended = this.#lastError;
      // The server does so too, but the next one must not come first.
      if (this.#lastError.fatal) this.#connection.close();
      throw this.#lastError;
    }
  }

  async #reset(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#connection.reset((error) => {
        if (error) this.#connection.close();
        resolve();
      });
    });
  }
}

/** Rows in the mode of arrays, with their columns beside them. */
type RecordSet = readonly ResultRow[] & { readonly columns: readonly ResultColumn[] };

/** Of columns with one name the last counts, as in PostgreSQL. */
function rowsOf(records: RecordSet): Record<string, unknown>[] {
  return records.map((record) =>
    Object.fromEntries(
      records.columns.map((column, at) => [column.name, readValue(record[at], column)]),
    ),
  );
}

function levelOf(name: IsolationLevel | undefined): number | undefined {
  if (name === undefined) return undefined;
  const level = isolationLevels[name];
  if (level === undefined) throw new Error(`SQL Server has no isolation level "${name}"`);
  return level;
}
