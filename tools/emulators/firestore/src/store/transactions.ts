import { randomBytes } from 'node:crypto';
import { aborted, invalidArgument } from '../status.ts';
import type { Micros } from '../values/timestamp.ts';
import type { DocumentChange, LiveVersion } from './document.ts';

/** How long a transaction may rest between two requests. Source: Firestore quotas, "Transactions". */
const TRANSACTION_IDLE_MS = 60_000;

/** How long a commit waits for the locks of others before it is aborted. */
export const LOCK_WAIT_MS = 15_000;

/** A range lock: whether a document version lies in what a transaction's query read. */
export type RangeLock = (path: string, version: LiveVersion) => boolean;

/**
 * A transaction. A read-only one reads the snapshot at `readTime` and locks nothing. A read-write
 * one reads the latest data and holds a shared lock on all it read until it commits, rolls back or
 * expires; commits of others that would change such data wait.
 */
export interface Transaction {
  readonly id: string;
  readonly readTime: Micros | undefined;
  readonly documents: Set<string>;
  readonly ranges: RangeLock[];
  readonly onRelease: Set<() => void>;
  waitingFor: ReadonlySet<Transaction> | undefined;
  lastUsedMs: number;
}

/** The open transactions of one database and the locks they hold. */
export class Transactions {
  readonly #open = new Map<string, Transaction>();
  readonly #documentLocks = new Map<string, Set<Transaction>>();
  readonly #rangeHolders = new Set<Transaction>();

  /** Opens a transaction: read-only at `readTime` when that is given, read-write otherwise. */
  begin(readTime?: Micros): Transaction {
    const transaction: Transaction = {
      id: randomBytes(16).toString('base64'),
      readTime,
      documents: new Set(),
      ranges: [],
      onRelease: new Set(),
      waitingFor: undefined,
      lastUsedMs: performance.now(),
    };
    this.#open.set(transaction.id, transaction);
    return transaction;
  }

  /** @throws FirestoreError INVALID_ARGUMENT when it has ended or never was. */
  get(id: string): Transaction {
    const transaction = this.#open.get(id);
    if (transaction === undefined) {
      throw invalidArgument('The referenced transaction has expired or is no longer valid.');
    }
    transaction.lastUsedMs = performance.now();
    return transaction;
  }

  lockDocument(transaction: Transaction, path: string): void {
    if (transaction.readTime !== undefined || transaction.documents.has(path)) return;
    transaction.documents.add(path);
    const holders = this.#documentLocks.get(path);
    if (holders === undefined) this.#documentLocks.set(path, new Set([transaction]));
    else holders.add(transaction);
  }

  lockRange(transaction: Transaction, range: RangeLock): void {
    if (transaction.readTime !== undefined) return;
    transaction.ranges.push(range);
    this.#rangeHolders.add(transaction);
  }

  /** Ends a transaction and lets those who wait for it go on. Safe to call twice. */
  release(transaction: Transaction): void {
    if (!this.#open.delete(transaction.id)) return;
    for (const path of transaction.documents) {
      const holders = this.#documentLocks.get(path);
      holders?.delete(transaction);
      if (holders?.size === 0) this.#documentLocks.delete(path);
    }
    this.#rangeHolders.delete(transaction);
    for (const notify of transaction.onRelease) notify();
  }

  /** The other transactions that hold a lock on what `changes` would alter. */
  holders(changes: readonly DocumentChange[], own: Transaction | undefined): Set<Transaction> {
    const found = new Set<Transaction>();
    if (this.#open.size === 0) return found;
    for (const change of changes) {
      for (const holder of this.#documentLocks.get(change.path) ?? []) found.add(holder);
      for (const holder of this.#rangeHolders) if (inRange(holder, change)) found.add(holder);
    }
    if (own !== undefined) found.delete(own);
    for (const holder of found) {
      if (this.#hasExpired(holder)) {
        found.delete(holder);
        this.release(holder);
      }
    }
    return found;
  }

  /**
   * Waits until one of `holders` is released.
   * @throws FirestoreError ABORTED when waiting would be a deadlock or has taken too long.
   */
  async waitFor(
    holders: ReadonlySet<Transaction>,
    own: Transaction | undefined,
    deadlineMs: number,
  ): Promise<void> {
    if (own !== undefined && waitsFor(holders, own)) throw contention();
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const released = () => resolve(undefined);
    const timer = setTimeout(() => reject(contention()), deadlineMs - performance.now());
    if (own !== undefined) own.waitingFor = holders;
    for (const holder of holders) holder.onRelease.add(released);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      if (own !== undefined) own.waitingFor = undefined;
      for (const holder of holders) holder.onRelease.delete(released);
    }
  }

  /** Drops every transaction, as after a reset of the database. */
  clear(): void {
    for (const transaction of [...this.#open.values()]) this.release(transaction);
  }

  #hasExpired(transaction: Transaction): boolean {
    return (
      transaction.waitingFor === undefined &&
      performance.now() - transaction.lastUsedMs > TRANSACTION_IDLE_MS
    );
  }
}

function inRange(holder: Transaction, { path, before, after }: DocumentChange): boolean {
  return holder.ranges.some(
    (range) =>
      (before !== undefined && range(path, before)) || (after !== undefined && range(path, after)),
  );
}

function waitsFor(holders: Iterable<Transaction>, target: Transaction): boolean {
  const seen = new Set<Transaction>();
  const queue = [...holders];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (next === target) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    queue.push(...(next.waitingFor ?? []));
  }
  return false;
}

function contention(): Error {
  return aborted('Too much contention on these documents. Please try again.');
}
