import type { IssueListener } from '../issue.ts';
import { CallableError } from '../ports/callable-port.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeyValueStorage } from '../ports/key-value-storage.ts';
import { backoffMs, type Backoff } from './backoff.ts';
import { CallStore } from './call-store.ts';
import { exclusively, type LockManagerPort } from './exclusive.ts';
import { newCallId, subjectOf, type EnsureCall, type QueuedCall } from './queued-call.ts';

/** The bounds of a queue; whatever is beyond them is dropped and told as an issue. */
export interface RetryLimits extends Backoff {
  /** Calls kept at once; the oldest goes first. */
  readonly maxCalls: number;
  readonly maxAttempts: number;
  readonly maxAgeMs: number;
}

/** Half a second to five minutes between attempts; a thousand calls, for a week. */
export const DEFAULT_RETRY_LIMITS: RetryLimits = {
  baseMs: 500,
  maxMs: 300_000,
  maxCalls: 1_000,
  maxAttempts: 200,
  maxAgeMs: 7 * 24 * 3_600_000,
};

/** How long a write to Firestore may take before the call is made without its answer. */
export const INTENT_MS = 60_000;
/** How often the storage is looked at for what other tabs have queued. */
const LOOK_INTERVAL_MS = 5_000;

export interface RetryQueueOptions {
  readonly storage: KeyValueStorage;
  /** Whose writes these are: a queue only ever calls for the user who is signed in. */
  readonly userId: string;
  /** Makes the call. Rejects with a `CallableError`. */
  readonly send: (call: EnsureCall) => Promise<unknown>;
  readonly clock: Clock;
  /** From 0 to 1. @defaultValue Math.random */
  readonly random?: () => number;
  /** @defaultValue none: one tab */
  readonly locks?: LockManagerPort | undefined;
  readonly limits?: Partial<RetryLimits>;
  readonly onIssue: IssueListener;
  /** Told of each call that succeeded, and of the moment (`clock.elapsed()`) at which it began. */
  readonly onDone?: (call: EnsureCall, begunAt: number) => void;
}

/** A call that waits for its write to Firestore. */
export interface Intent {
  /**
   * The write is in Firestore: the call is made now, and again until it succeeds.
   *
   * @param writtenAtMs when Firestore acknowledged it, in milliseconds since 1970
   */
  confirm(writtenAtMs: number): Promise<void>;
  /** There was no write. */
  withdraw(): Promise<void>;
}

/**
 * Calls of the gateway that are made until they succeed, across reloads and crashes of the app.
 *
 * A call is **intended** (stored, but waiting for its write to Firestore), **due**, **in flight**, or
 * **waiting** for its next attempt. An intent that is never confirmed, because the app was closed
 * meanwhile, becomes due by itself: the gateway reads the document, so a call too many does no harm.
 * One call answers all that are queued for the same document.
 *
 * Nothing here rejects or blocks; what goes wrong is told as an issue.
 */
export class RetryQueue {
  readonly #options: RetryQueueOptions;
  readonly #limits: RetryLimits;
  readonly #store: CallStore;
  readonly #stopped = new AbortController();
  readonly #random: () => number;
  #failures = 0;
  #pausedUntil = 0;
  #wake: (() => void) | undefined;
  #isAwake = false;
  #isImpatient = false;
  readonly #tab: string;
  #queued = 0;
  #isCatchingUp = false;

  constructor(options: RetryQueueOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_RETRY_LIMITS, ...options.limits };
    this.#random = options.random ?? Math.random;
    this.#tab = Math.floor(this.#random() * 2 ** 48).toString(36);
    const prefix = `ayna.queue.${options.userId}/`;
    this.#store = new CallStore(options.storage, prefix, options.onIssue);
    exclusively(options.locks, prefix, this.#stopped.signal, () => this.#run());
  }

  /** Stores the call before its write begins. Resolves when it is stored. */
  async intend(call: EnsureCall): Promise<Intent> {
    const { clock } = this.#options;
    const now = clock.now();
    const intended: QueuedCall = {
      id: this.#newId(now),
      call,
      queuedAtMs: now,
      attempts: 0,
      notBeforeMs: now + INTENT_MS,
    };
    await this.#store.put(intended);
    this.#keepCatchingUp();
    return {
      confirm: async (writtenAtMs) => {
        // Under an id of its own: a call for the intent that is in flight may have read the document
        // before this write, and takes only the intent with it.
        const confirmedAt = clock.now();
        const id = this.#newId(confirmedAt);
        const written = { ...call, request: { ...call.request, writtenAtMs } } as EnsureCall;
        await this.#store.put({ ...intended, id, call: written, notBeforeMs: confirmedAt });
        await this.#store.remove(intended.id);
        this.#keepCatchingUp();
        await this.#keepWithinLimit();
        this.wake();
      },
      withdraw: async () => {
        await this.#store.remove(intended.id);
        this.#keepCatchingUp();
      },
    };
  }

  /** How many calls there are, intended ones included. */
  async size(): Promise<number> {
    return (await this.#store.load()).length;
  }

  /** Tries again at once: the app is online or in the foreground again. */
  wake(): void {
    this.#isAwake = true;
    this.#wake?.();
  }

  /** Forgets the pauses and tries again at once. */
  retryNow(): void {
    this.#pausedUntil = 0;
    this.#isImpatient = true;
    this.wake();
  }

  /** Ends the work of this tab; what is queued stays. */
  close(): void {
    this.#stopped.abort();
    this.#wake?.();
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      this.#isAwake = false;
      const pauseMs = await this.#step();
      if (pauseMs > 0) await this.#sleep(pauseMs);
    }
  }

  /** Makes one call if one is due; returns how long there is nothing to do. */
  async #step(): Promise<number> {
    const now = this.#options.clock.now();
    if (this.#isImpatient) await this.#endWaits(now);
    const calls = await this.#expire(await this.#store.load(), now);
    const pause = within(this.#pausedUntil - now, this.#limits.maxMs);
    if (pause > 0) return Math.min(pause, LOOK_INTERVAL_MS);
    // A clock that was set back must not make a call wait for ever.
    const longest = Math.max(this.#limits.maxMs, INTENT_MS);
    const waits = calls.map(({ notBeforeMs }) => within(notBeforeMs - now, longest));
    const due = calls.filter((_, at) => (waits[at] ?? 0) <= 0);
    const [first] = due;
    if (!first) return Math.max(1, Math.min(LOOK_INTERVAL_MS, ...waits));
    const subject = subjectOf(first.call);
    await this.#attempt(
      first,
      due.filter(({ call }) => subjectOf(call) === subject),
    );
    return 0;
  }

  async #attempt(first: QueuedCall, group: readonly QueuedCall[]): Promise<void> {
    const { send, onIssue, onDone, clock } = this.#options;
    const begunAt = clock.elapsed();
    try {
      await send(first.call);
      this.#failures = 0;
      for (const { id } of group) await this.#store.remove(id);
      onDone?.(first.call, begunAt);
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      if (error instanceof CallableError && error.isFinal) {
        this.#failures = 0;
        await this.#drop(group, 'refused');
        return;
      }
      if (first.attempts === 0) onIssue({ kind: 'writeDelayed', call: first.call.name, error });
      await this.#postpone(group, error instanceof CallableError ? error : undefined);
    }
  }

  /** The call waits, and so does the queue: what ails one call most likely ails all. */
  async #postpone(group: readonly QueuedCall[], error: CallableError | undefined): Promise<void> {
    const now = this.#options.clock.now();
    this.#failures += 1;
    const wished = Math.min(error?.retryAfterMs ?? 0, this.#limits.maxMs);
    const queuePause = backoffMs(this.#limits, this.#failures, this.#random());
    this.#pausedUntil = now + Math.max(queuePause, wished);
    for (const queued of group) {
      const attempts = queued.attempts + 1;
      const pause = Math.max(wished, backoffMs(this.#limits, attempts, this.#random()));
      await this.#store.put({ ...queued, attempts, notBeforeMs: now + pause });
    }
  }

  async #endWaits(now: number): Promise<void> {
    this.#isImpatient = false;
    for (const queued of await this.#store.load()) {
      if (queued.attempts > 0) await this.#store.put({ ...queued, notBeforeMs: now });
    }
  }

  async #expire(calls: readonly QueuedCall[], now: number): Promise<QueuedCall[]> {
    const tooOld = calls.filter(({ queuedAtMs }) => now - queuedAtMs > this.#limits.maxAgeMs);
    const tooMany = calls.filter(
      (queued) => queued.attempts >= this.#limits.maxAttempts && !tooOld.includes(queued),
    );
    await this.#drop(tooOld, 'tooOld');
    await this.#drop(tooMany, 'tooManyAttempts');
    return calls.filter((queued) => !tooOld.includes(queued) && !tooMany.includes(queued));
  }

  async #keepWithinLimit(): Promise<void> {
    const calls = await this.#store.load();
    const beyond = calls.slice(0, Math.max(0, calls.length - this.#limits.maxCalls));
    await this.#drop(beyond, 'queueFull');
  }

  async #drop(
    calls: readonly QueuedCall[],
    reason: 'refused' | 'tooOld' | 'tooManyAttempts' | 'queueFull',
  ): Promise<void> {
    for (const { id, call } of calls) {
      await this.#store.remove(id);
      this.#options.onIssue({ kind: 'writeDropped', call: call.name, reason });
    }
  }

  /** Also the tabs whose turn it is not must bring to the storage what it refused. */
  #keepCatchingUp(): void {
    if (!this.#store.isBehind || this.#isCatchingUp) return;
    this.#isCatchingUp = true;
    this.#options.clock.after(LOOK_INTERVAL_MS, () => {
      void this.#store.catchUp().then(() => {
        this.#isCatchingUp = false;
        if (!this.#stopped.signal.aborted) this.#keepCatchingUp();
      });
    });
  }

  #newId(nowMs: number): string {
    this.#queued += 1;
    return newCallId(nowMs, this.#tab, this.#queued);
  }

  #sleep(milliseconds: number): Promise<void> {
    if (this.#isAwake || this.#stopped.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(milliseconds, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

/** A wait that is longer than any can be was made by another clock: it is over. */
function within(waitMs: number, longestMs: number): number {
  return waitMs > longestMs ? 0 : waitMs;
}
