import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs, DEFAULT_BACKOFF, Gathered, type Logger } from '@ayna/platform';
import type { LogState, RealtimeLog } from '../log/realtime-log.ts';
import type { FanOut } from './fan-out.ts';

export interface TailOptions {
  readonly log: Pick<RealtimeLog, 'readAfter' | 'state'>;
  readonly fanOut: FanOut;
  readonly logger: Logger;
  /** Where to begin. @defaultValue the end of the log */
  readonly from?: LogState;
  /** How often to look without having been woken, in milliseconds. @defaultValue 1,000 */
  readonly pollMs?: number;
}

/** Reads the log as it grows. */
export interface Tail {
  /** The log may have grown. */
  wake(): void;
  /** Resolves when nothing is under way. Never rejects. */
  close(): Promise<void>;
}

const DEFAULT_POLL_MS = 1_000;
const PAGE = 500;
const LOG_EVERY_MS = 10_000;

/**
 * Starts to read the log from a place on and hands what it reads to a fan-out. Failures are tried
 * again, with pauses, for ever.
 */
export function startTail({
  log,
  fanOut,
  logger,
  from,
  pollMs = DEFAULT_POLL_MS,
}: TailOptions): Tail {
  const failed = new Gathered<unknown>(LOG_EVERY_MS, (error, count) => {
    logger.warn({ err: error, count }, 'reading the log failed; it is tried again');
  });
  const closing = new AbortController();
  const { signal } = closing;
  let at: { epoch: string; sequence: number } | undefined = from && {
    epoch: from.epoch,
    sequence: from.last,
  };
  let woken = Promise.withResolvers<undefined>();

  const readOn = async (): Promise<boolean> => {
    if (!at) {
      const { epoch, last } = await log.state();
      at = { epoch, sequence: last };
    }
    const { state, rows } = await log.readAfter(at.sequence, PAGE);
    const anew = state.epoch !== at.epoch || state.last < at.sequence;
    if (anew || state.first > at.sequence + 1) {
      await fanOut.reset(state, anew ? 'unknown' : 'expired');
      at = { epoch: state.epoch, sequence: state.last };
      return true;
    }
    const last = rows.at(-1);
    if (!last) return false;
    await fanOut.push(rows, state.epoch);
    at = { epoch: state.epoch, sequence: last.sequence };
    return rows.length === PAGE;
  };

  const run = async (): Promise<void> => {
    for (let attempt = 0; !signal.aborted;) {
      const next = woken.promise;
      try {
        const more = await readOn();
        attempt = 0;
        if (!more) await next;
      } catch (error) {
        failed.report(error);
        await delay(backoffMs(DEFAULT_BACKOFF, attempt), undefined, { signal }).catch(
          () => undefined,
        );
        attempt += 1;
      }
    }
  };

  const wake = (): void => {
    const { resolve } = woken;
    woken = Promise.withResolvers<undefined>();
    resolve(undefined);
  };
  const poll = setInterval(wake, pollMs);
  const running = run();
  return {
    wake,
    async close() {
      clearInterval(poll);
      closing.abort();
      wake();
      await running;
    },
  };
}
