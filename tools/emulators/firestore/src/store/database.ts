import { failedPrecondition, invalidArgument } from '../status.ts';
import type { Micros } from '../values/timestamp.ts';
import type { CommitClock } from './clock.ts';
import { CollectionIndex } from './collection-index.ts';
import { planCommit, type CommitPlan } from './commit-plan.ts';
import {
  liveVersion,
  type DocumentChange,
  type DocumentEntry,
  type LiveVersion,
  type Version,
} from './document.ts';
import { History } from './history.ts';
import { lastId } from './names.ts';
import { LOCK_WAIT_MS, Transactions, type Transaction } from './transactions.ts';
import type { Write } from './write.ts';

/** Why documents changed: a client's commit, or the emulator being emptied. */
export type ChangeCause = 'commit' | 'clear';

/** Called with the changes of a commit, in commit order, right after it has taken effect. */
export type ChangeListener = (
  changes: readonly DocumentChange[],
  database: Database,
  cause: ChangeCause,
) => void;

/** One Firestore database: its documents with their recent versions, and its transactions. */
export class Database {
  readonly name: string;
  readonly clock: CommitClock;
  readonly collections = new CollectionIndex();
  readonly transactions = new Transactions();
  readonly #entries = new Map<string, DocumentEntry>();
  readonly #history = new History((entry) => this.#drop(entry));
  readonly #listeners = new Set<ChangeListener>();

  constructor(name: string, clock: CommitClock) {
    this.name = name;
    this.clock = clock;
  }

  /** The document at `path` now, or as it was at `readTime`. O(1) for the present. */
  read(path: string, readTime?: Micros): LiveVersion | undefined {
    const entry = this.#entries.get(path);
    return entry === undefined ? undefined : liveVersion(entry, readTime);
  }

  /** @throws FirestoreError when nothing can be read at that time. */
  checkReadTime(readTime: Micros): void {
    if (readTime > this.clock.read()) {
      throw invalidArgument('The requested read_time cannot be in the future.');
    }
    if (readTime < this.#history.horizon) {
      throw failedPrecondition('The requested snapshot version is too old.');
    }
  }

  /** Whether the state at `readTime` is still known. */
  remembers(readTime: Micros): boolean {
    return readTime >= this.#history.horizon;
  }

  /**
   * Applies the writes atomically, waiting for transactions that have locked what they change. A
   * transaction given is over afterwards, whether this resolves or rejects.
   * @throws FirestoreError when a precondition fails, a document is invalid or locks are contended.
   */
  async commit(writes: readonly Write[], transaction?: Transaction): Promise<CommitPlan> {
    const deadlineMs = performance.now() + LOCK_WAIT_MS;
    try {
      if (transaction?.readTime !== undefined && writes.length > 0) {
        throw invalidArgument('Cannot modify entities in a read-only transaction.');
      }
      for (;;) {
        const plan = planCommit(this.name, (path) => this.read(path), writes, this.clock.next());
        const holders = this.transactions.holders(plan.changes, transaction);
        if (holders.size === 0) {
          this.#install(plan.changes, 'commit');
          return plan;
        }
        await this.transactions.waitFor(holders, transaction, deadlineMs);
      }
    } finally {
      if (transaction !== undefined) this.transactions.release(transaction);
    }
  }

  /** Subscribes to commits; the function returned unsubscribes. */
  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Deletes every document as one commit and ends all transactions. No lock can hold it up. */
  clear(): void {
    this.transactions.clear();
    const commitTime = this.clock.next();
    const changes: DocumentChange[] = [];
    for (const { path, current } of this.#entries.values()) {
      const before = this.read(path);
      if (before === current) changes.push({ path, before, after: undefined, commitTime });
    }
    this.#install(changes, 'clear');
  }

  #install(changes: readonly DocumentChange[], cause: ChangeCause): void {
    const last = changes.at(-1);
    if (last === undefined) return;
    for (const change of changes) this.#replace(change);
    this.#history.prune(last.commitTime);
    for (const listener of this.#listeners) listener(changes, this, cause);
  }

  #replace({ path, after, commitTime }: DocumentChange): void {
    const version: Version = after ?? {
      fields: undefined,
      createTime: 0,
      time: commitTime,
      previous: undefined,
    };
    const entry = this.#entries.get(path);
    if (entry === undefined) {
      const added = { path, id: lastId(path), current: version, removed: false };
      this.#entries.set(path, added);
      this.collections.add(added);
      return;
    }
    version.previous = entry.current;
    entry.current = version;
    this.#history.add(entry, version);
  }

  #drop(entry: DocumentEntry): void {
    this.#entries.delete(entry.path);
    this.collections.remove(entry);
  }
}
