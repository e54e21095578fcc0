/** What is known of a lock. */
interface Lock {
  /** When it has to be renewed, in milliseconds of a clock that never jumps. */
  dueAt: number;
  renewing: boolean;
}

/** A message that somebody holds. */
interface Locked {
  readonly lockedUntilUtc?: Date | undefined;
}

export interface LockKeeperOptions<Message> {
  /**
   * Renews one lock. `lost`: it is gone for good; `failed`: it was not possible now. Must not
   * reject. Sets the message's `lockedUntilUtc`.
   */
  readonly renew: (message: Message) => Promise<'renewed' | 'failed' | 'lost'>;
}

const SWEEP_MS = 200;

/**
 * A lock is renewed half-way, and at least so often: the broker's clock, which says when a lock
 * ends, may differ from ours.
 */
const MAX_RENEWAL_MS = 20_000;
const MIN_RENEWAL_MS = 200;
/** After a failure. */
const RETRY_MS = 1_000;
/** Renewals at the same time. */
const CONCURRENCY = 64;

/**
 * Keeps the locks of the messages in hand alive for as long as they are held, across connections:
 * a lock belongs to a message, not to the link that it came on.
 */
export class LockKeeper<Message extends Locked> {
  readonly #options: LockKeeperOptions<Message>;
  readonly #locks = new Map<Message, Lock>();
  readonly #sweeps: NodeJS.Timeout;
  #renewing = 0;

  constructor(options: LockKeeperOptions<Message>) {
    this.#options = options;
    this.#sweeps = setInterval(() => {
      this.#sweep();
    }, SWEEP_MS);
    this.#sweeps.unref();
  }

  hold(message: Message): void {
    this.#locks.set(message, { dueAt: renewalDue(message), renewing: false });
  }

  release(message: Message): void {
    this.#locks.delete(message);
  }

  close(): void {
    clearInterval(this.#sweeps);
    this.#locks.clear();
  }

  #sweep(): void {
    const now = performance.now();
    for (const [message, lock] of this.#locks) {
      if (this.#renewing >= CONCURRENCY) return;
      if (lock.dueAt <= now && !lock.renewing) void this.#renew(message, lock);
    }
  }

  async #renew(message: Message, lock: Lock): Promise<void> {
    this.#renewing += 1;
    lock.renewing = true;
    const result = await this.#options.renew(message);
    this.#renewing -= 1;
    lock.renewing = false;
    if (result === 'lost') this.#locks.delete(message);
    lock.dueAt = result === 'renewed' ? renewalDue(message) : performance.now() + RETRY_MS;
    // The next one does not wait for the sweep: thousands may be due.
    if (this.#renewing < CONCURRENCY) this.#sweep();
  }
}

function renewalDue({ lockedUntilUtc }: Locked): number {
  const left = lockedUntilUtc ? lockedUntilUtc.getTime() - Date.now() : 0;
  return performance.now() + Math.min(MAX_RENEWAL_MS, Math.max(MIN_RENEWAL_MS, left / 2));
}
