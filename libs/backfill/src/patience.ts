import { setTimeout as delay } from 'node:timers/promises';
import { AynaError } from '@ayna/contract';

/** Waits out what time can heal. */
export interface Patience {
  /**
   * Repeats `work` until it succeeds. What time cannot heal is thrown at once, as is the reason of
   * the signal.
   *
   * @param who does the work: what the notes call it
   */
  waitOut<T>(who: string, work: () => Promise<T>): Promise<T>;
}

export interface PatienceOptions {
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Told when an outage begins and when it is over. */
  readonly note: (text: string) => void;
  /** The first pause, in milliseconds; it doubles each time. @defaultValue 500 */
  readonly firstPauseMs?: number;
  /** The longest pause, in milliseconds. @defaultValue 15_000 */
  readonly maxPauseMs?: number;
  /**
   * Milliseconds without an answer that count as an outage. Clients try for a minute and more
   * before they give up, and nobody should have to guess meanwhile.
   * @defaultValue 10_000
   */
  readonly slowAfterMs?: number;
}

const DEFAULT_FIRST_PAUSE_MS = 500;
const DEFAULT_MAX_PAUSE_MS = 15_000;
const DEFAULT_SLOW_AFTER_MS = 10_000;

/** Patience for many pieces of work at once, which tells of an outage once and not once a piece. */
export function createPatience(options: PatienceOptions): Patience {
  const {
    signal,
    note,
    firstPauseMs = DEFAULT_FIRST_PAUSE_MS,
    maxPauseMs = DEFAULT_MAX_PAUSE_MS,
    slowAfterMs = DEFAULT_SLOW_AFTER_MS,
  } = options;
  /** Who is away. */
  const away = new Set<string>();
  const leaves = (who: string, why: string) => {
    if (away.has(who) || signal.aborted) return;
    away.add(who);
    note(`${who} is away (${why}): waiting until it is back.`);
  };

  return {
    waitOut: async (who, work) => {
      for (let attempt = 0; ; attempt += 1) {
        signal.throwIfAborted();
        const slow = setTimeout(
          () => leaves(who, `no answer for ${slowAfterMs / 1_000} s`),
          slowAfterMs,
        );
        try {
          const result = await work();
          if (away.delete(who)) note(`${who} is back: going on.`);
          return result;
        } catch (error) {
          if (!(error instanceof AynaError) || !error.heals) throw error;
          leaves(who, `${error.code}: ${error.message}`);
        } finally {
          clearTimeout(slow);
        }
        // Between half of the doubled pause and all of it, so that not all come back at once.
        const ceiling = Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(attempt, 30));
        await delay((ceiling * (1 + Math.random())) / 2, undefined, { signal });
      }
    },
  };
}
