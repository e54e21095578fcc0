import { setTimeout as delay } from 'node:timers/promises';
import type { AynaError } from '@ayna/contract';
import { backoffMs, type BackoffPolicy } from './backoff.ts';

/** A time in which SQL takes no work. */
export interface SqlOutage {
  readonly since: Date;
  /** Attempts that failed so far. */
  readonly attempts: number;
  /** Why the last one failed. */
  readonly error: AynaError;
}

/** Told what happens to the gate, for the log. */
export interface SqlGateEvents {
  /** An attempt failed; the next one follows after the pause. */
  readonly waiting: (outage: SqlOutage, pauseMs: number) => void;
  /** SQL takes work again. */
  readonly over: (outage: SqlOutage, lastedMs: number) => void;
}

/** One batch's way to SQL. */
export interface Passage {
  /** Resolves when this batch may try: SQL takes work, or it is the one that finds out. */
  enter(): Promise<void>;
  /** SQL answered, be it that it refuses the data. */
  answered(): void;
  /** SQL could not take the work. Resolves when this batch may try again. */
  refused(error: AynaError): Promise<void>;
}

/**
 * Lets all batches wait for SQL together, so that a database that comes back is asked by one batch,
 * not by all of them, and the log says everything once.
 *
 * States: *open*, batches pass; *closed*, the batch whose failure closed the gate tries again and
 * again with backoff, all others wait. Its first answer opens the gate. A failure that another batch
 * in flight reports to a closed gate counts for nothing; a success of one does not open it: what the
 * probe stumbles over may be its own table.
 *
 * Waiting rejects when `signal` is aborted.
 */
export class SqlGate {
  readonly #backoff: BackoffPolicy;
  readonly #signal: AbortSignal;
  readonly #events: SqlGateEvents;
  #outage: (SqlOutage & { readonly begunMs: number }) | undefined;
  #opened = Promise.withResolvers<undefined>();

  constructor(backoff: BackoffPolicy, signal: AbortSignal, events: SqlGateEvents) {
    this.#backoff = backoff;
    this.#signal = signal;
    this.#events = events;
    signal.addEventListener('abort', () => {
      this.#opened.resolve(undefined);
    });
  }

  /** The outage that lasts; undefined while the gate is open. */
  get outage(): SqlOutage | undefined {
    return this.#outage;
  }

  passage(): Passage {
    let probing = false;
    const enter = async () => {
      while (this.#outage && !probing) {
        await this.#opened.promise;
        this.#signal.throwIfAborted();
      }
    };
    return {
      enter,
      answered: () => {
        if (probing) this.#open();
        probing = false;
      },
      refused: async (error) => {
        this.#signal.throwIfAborted();
        if (this.#outage && !probing) return enter();
        probing = true;
        await this.#pause(error);
      },
    };
  }

  async #pause(error: AynaError): Promise<void> {
    const { since, attempts, begunMs } = this.#outage ?? {
      since: new Date(),
      attempts: 0,
      begunMs: performance.now(),
    };
    this.#outage = { since, attempts: attempts + 1, begunMs, error };
    const pauseMs = backoffMs(this.#backoff, attempts);
    this.#events.waiting(this.#outage, pauseMs);
    await delay(pauseMs, undefined, { signal: this.#signal });
  }

  #open(): void {
    const outage = this.#outage;
    if (!outage) return;
    this.#outage = undefined;
    this.#events.over(outage, performance.now() - outage.begunMs);
    const { resolve } = this.#opened;
    this.#opened = Promise.withResolvers<undefined>();
    resolve(undefined);
  }
}
