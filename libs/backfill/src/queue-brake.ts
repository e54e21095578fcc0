import { setTimeout as delay } from 'node:timers/promises';
import { AynaError } from '@ayna/contract';

/** Holds a backfill back while the queue behind the topic is deep. */
export interface QueueBrake {
  /** Resolves when one more message may be sent; rejects when `signal` is aborted. */
  turn(signal: AbortSignal): Promise<void>;
  /** Messages that waited at the last look; undefined before it, or when nobody may look. */
  depth(): number | undefined;
  /** True while messages are held back. */
  holding(): boolean;
}

export interface QueueBrakeOptions {
  /** Messages that wait for the writer now. */
  readonly waiting: () => Promise<number>;
  /** How many may wait. */
  readonly limit: number;
  /** Told once when the depth may not be read. */
  readonly note: (text: string) => void;
  /** Milliseconds between two looks while messages are held back. @defaultValue 500 */
  readonly pauseMs?: number;
  /** Milliseconds that a look counts. @defaultValue 5_000 */
  readonly staleMs?: number;
}

const DEFAULT_PAUSE_MS = 500;
const DEFAULT_STALE_MS = 5_000;
const LOOKS_BEFORE_PASSING = 3;

/**
 * A brake that lets as many messages through as the last look left room for, then looks again: so
 * the backfill alone never makes the queue deeper than `limit` and what it has under way, however
 * fast it is.
 *
 * Where the depth may not be read, the brake is off from then on. A look that fails for a passing
 * reason is repeated a few times; then messages pass, because the broker is away for all alike.
 */
export function createQueueBrake(options: QueueBrakeOptions): QueueBrake {
  const { waiting, limit, note, pauseMs = DEFAULT_PAUSE_MS, staleMs = DEFAULT_STALE_MS } = options;
  let failures = 0;
  let room = 0;
  let depth: number | undefined;
  let lookedAt = -Infinity;
  let off = false;
  let holding = false;
  let looking: Promise<void> | undefined;

  /** True when there may be something to send. */
  const look = async (): Promise<boolean> => {
    try {
      depth = await waiting();
      room = limit - depth;
      lookedAt = performance.now();
      failures = 0;
      return room > 0;
    } catch (error) {
      depth = undefined;
      lookedAt = performance.now();
      room = limit;
      if (error instanceof AynaError && error.heals)
        return (failures += 1) % LOOKS_BEFORE_PASSING === 0;
      off = true;
      const detail = error instanceof Error ? error.message : String(error);
      note(
        `The depth of the queue cannot be read, so the backfill does not wait for the writer (the key needs the right to Manage): ${detail}`,
      );
      return true;
    }
  };
  const lookUntilRoom = async (signal: AbortSignal) => {
    while (!(await look())) {
      holding = true;
      await delay(pauseMs, undefined, { signal });
    }
    holding = false;
  };

  return {
    depth: () => depth,
    holding: () => holding,
    turn: async (signal) => {
      while (!off) {
        signal.throwIfAborted();
        if (room > 0 && performance.now() - lookedAt < staleMs) {
          room -= 1;
          return;
        }
        looking ??= lookUntilRoom(signal).finally(() => (looking = undefined));
        await looking;
      }
    },
  };
}
