import { backoffMs, DEFAULT_BACKOFF, Gathered, type Logger } from '@ayna/platform';
import type { MembershipSource } from '../membership/membership-source.ts';
import type { RealtimeLog } from './realtime-log.ts';

export interface SequencerOptions {
  readonly log: Pick<RealtimeLog, 'sequence' | 'learn' | 'dropUnknown'>;
  /**
   * How long a change waits for older ones of its conversation, in milliseconds. All that comes
   * within this time is brought into the order of versions; a longer one costs as much latency.
   * @defaultValue 50
   */
  readonly windowMs?: number;
  /**
   * How long a change waits for somebody to know its conversation, in milliseconds; then nobody is
   * told of it. @defaultValue 60,000
   */
  readonly unknownMs?: number;
  /** How often to look for what another hub left waiting, in milliseconds. @defaultValue 1,000 */
  readonly pollMs?: number;
  /** Asked in turn about conversations that the log does not know. */
  readonly memberships: readonly MembershipSource[];
  readonly logger: Logger;
  /** Told when the log has grown. */
  readonly sequenced?: () => void;
  /** Told what became of changes. */
  readonly onDropped?: (reason: 'stale' | 'unknown-conversation', count: number) => void;
}

export const DEFAULT_REORDER_WINDOW_MS = 50;
export const DEFAULT_UNKNOWN_MS = 60_000;
const DEFAULT_POLL_MS = 1_000;
/** Conversations of which it is remembered that nobody knows them. */
const MAX_REMEMBERED = 10_000;
const LOG_EVERY_MS = 10_000;

/** Sequences what has been kept, whoever kept it. */
export interface Sequencer {
  /** Something was kept. */
  poke(): void;
  /** Resolves when nothing is under way. Never rejects. */
  close(): Promise<void>;
}

/**
 * Starts sequencing. Any number of hubs do it at the same time; the log lets one after the other.
 *
 * States: *idle*; *waiting* for the first change to have waited long enough; *working*. What a hub
 * that died had kept is found by the next poll of another. Failures are tried again at the next
 * poll. Conversations that nobody knows are asked for with growing pauses.
 */
export function startSequencer({
  log,
  windowMs = DEFAULT_REORDER_WINDOW_MS,
  unknownMs = DEFAULT_UNKNOWN_MS,
  pollMs = DEFAULT_POLL_MS,
  memberships,
  logger,
  sequenced,
  onDropped,
}: SequencerOptions): Sequencer {
  /** When each of them is asked for again, and how often it was. */
  const unanswered = new Map<string, { readonly againAt: number; readonly attempts: number }>();
  const failed = new Gathered<unknown>(LOG_EVERY_MS, (error, count) => {
    logger.warn({ err: error, count }, 'sequencing failed; it is tried again');
  });
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> | undefined;
  let again = false;
  let closed = false;

  const schedule = (ms: number) => {
    if (!closed) timer ??= setTimeout(run, ms);
  };

  const run = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (working) {
      again = true;
      return;
    }
    working = work().finally(() => {
      working = undefined;
      if (again && !closed) run();
    });
  };

  const work = async (): Promise<void> => {
    again = false;
    try {
      const { sequenced: grown, stale, nextMs, unknown } = await log.sequence(windowMs);
      if (grown > 0) sequenced?.();
      if (stale > 0) onDropped?.('stale', stale);
      if (unknown.length > 0 && (await learnOf(unknown))) again = true;
      if (nextMs !== undefined) schedule(Math.max(0, nextMs));
    } catch (error) {
      failed.report(error);
    }
  };

  /** @returns true when somebody knew at least one of them */
  const learnOf = async (conversationIds: readonly string[]): Promise<boolean> => {
    const now = performance.now();
    let missing = conversationIds.filter((id) => (unanswered.get(id)?.againAt ?? 0) <= now);
    let learned = 0;
    for (const source of memberships) {
      if (missing.length === 0) break;
      const found = await source(missing).catch((error: unknown) => {
        failed.report(error);
        return [];
      });
      if (found.length > 0) await log.learn(found);
      learned += found.length;
      const known = new Set(found.map(({ conversationId }) => conversationId));
      missing = missing.filter((id) => !known.has(id));
    }
    for (const id of missing) {
      const attempts = (unanswered.get(id)?.attempts ?? 0) + 1;
      unanswered.set(id, { attempts, againAt: now + backoffMs(DEFAULT_BACKOFF, attempts) });
    }
    if (unanswered.size > MAX_REMEMBERED) unanswered.clear();
    const dropped = await log.dropUnknown(unknownMs);
    if (dropped > 0) {
      onDropped?.('unknown-conversation', dropped);
      logger.warn({ dropped }, 'dropped changes of conversations that nobody knows');
    }
    return learned > 0;
  };

  const poll = setInterval(run, pollMs);
  run();
  return {
    poke: () => {
      schedule(windowMs);
    },
    async close() {
      closed = true;
      clearInterval(poll);
      clearTimeout(timer);
      await working;
    },
  };
}
