import { setTimeout as delay } from 'node:timers/promises';
import { AynaError } from '@ayna/contract';

/** Waits out what time can heal. */
export interface Patience {
  /**
   * Repeats `work` until it succeeds. What time cannot heal is thrown at once, as is the reason of
   * the signal.
   */
  waitOut<T>(work: () => Promise<T>): Promise<T>;
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
}

const DEFAULT_FIRST_PAUSE_MS = 500;
const DEFAULT_MAX_PAUSE_MS = 15_000;

/** Patience for many pieces of work at once, which tells of an outage once and not once a piece. */
export function createPatience(options: PatienceOptions): Patience {
  const {
    signal,
    note,
    firstPauseMs = DEFAULT_FIRST_PAUSE_MS,
    maxPauseMs = DEFAULT_MAX_PAUSE_MS,
  } = options;
  const outages = new Set<string>();

  return {
    waitOut: async (work) => {
      const failedWith = new Set<string>();
      for (let attempt = 0; ; attempt += 1) {
        signal.throwIfAborted();
        try {
          const result = await work();
          for (const code of failedWith) {
            if (outages.delete(code)) note(`${code} is over: going on.`);
          }
          return result;
        } catch (error) {
          if (!(error instanceof AynaError) || !error.heals) throw error;
          failedWith.add(error.code);
          if (!outages.has(error.code)) {
            outages.add(error.code);
            note(`${error.code}: ${error.message}; trying again until it is back.`);
          }
        }
        // Between half of the doubled pause and all of it, so that not all come back at once.
        const ceiling = Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(attempt, 30));
        await delay((ceiling * (1 + Math.random())) / 2, undefined, { signal });
      }
    },
  };
}
