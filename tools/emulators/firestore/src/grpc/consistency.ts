import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transactions.ts';
import { Timestamp, type Micros } from '../values/timestamp.ts';
import type { ConsistencySelector, TransactionOptions } from './requests.ts';

/** The state of the database that a request reads. */
export interface ReadView {
  /** The snapshot to read; undefined for the latest data. */
  readonly at: Micros | undefined;
  /** The transaction that reads, which locks what it reads. */
  readonly transaction: Transaction | undefined;
  /** Set when this request began the transaction: its id goes into the first response. */
  readonly begun: Uint8Array | undefined;
  /** The time to report as the read's. */
  readonly readTime: Timestamp;
}

/** @throws FirestoreError for an unknown transaction or a time that cannot be read. */
export function openView(database: Database, request: ConsistencySelector): ReadView {
  switch (request.consistencySelector) {
    case 'transaction': {
      if (request.transaction === undefined || request.transaction.length === 0) break;
      return transactionView(database, database.transactions.get(decodeId(request.transaction)));
    }
    case 'newTransaction': {
      const transaction = beginTransaction(database, request.newTransaction ?? null);
      return { ...transactionView(database, transaction), begun: encodeId(transaction) };
    }
    case 'readTime': {
      if (!request.readTime) break;
      const at = request.readTime.toMicros();
      database.checkReadTime(at);
      return { at, transaction: undefined, begun: undefined, readTime: Timestamp.fromMicros(at) };
    }
    case undefined:
  }
  const readTime = Timestamp.fromMicros(database.clock.read());
  return { at: undefined, transaction: undefined, begun: undefined, readTime };
}

export function beginTransaction(
  database: Database,
  options: TransactionOptions | null,
): Transaction {
  if (options?.mode !== 'readOnly') return database.transactions.begin();
  const requested = options.readOnly?.readTime?.toMicros();
  if (requested !== undefined) database.checkReadTime(requested);
  return database.transactions.begin(requested ?? database.clock.read());
}

export function encodeId(transaction: Transaction): Uint8Array {
  return Buffer.from(transaction.id, 'base64');
}

export function decodeId(id: Uint8Array): string {
  return Buffer.from(id).toString('base64');
}

function transactionView(database: Database, transaction: Transaction): ReadView {
  const at = transaction.readTime;
  const readTime = Timestamp.fromMicros(at ?? database.clock.read());
  return { at, transaction, begun: undefined, readTime };
}
