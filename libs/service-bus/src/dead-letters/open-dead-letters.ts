import { brokerFailure } from '../broker-failure.ts';
import type { WriteAudit } from './audit.ts';
import type { DeadLetter } from './dead-letter.ts';
import { discardWork } from './discard.ts';
import { fits, type DeadLetterFilter } from './filter.ts';
import { runPass, type LetterWork } from './pass.ts';
import { peekLetters, type LetterPlace } from './peek-letters.ts';
import { replayWork, type ReplayOutcome } from './replay.ts';
import { replayOf } from './replay-message.ts';

/** What replaying and discarding have in common. */
export interface HandleOptions {
  /** @defaultValue every dead letter that is there when the run begins */
  readonly filter?: DeadLetterFilter;
  /** The oldest so many of them at most. */
  readonly limit?: number;
  readonly audit: WriteAudit;
  /** Who does it: `user@host`. */
  readonly by: string;
  /** Once aborted, the step in hand is finished and all else left as it is. */
  readonly signal?: AbortSignal;
  /**
   * How long to wait for letters that somebody else has locked, in milliseconds.
   * @defaultValue 90,000: longer than a run that was killed keeps its locks
   */
  readonly patienceMs?: number;
  /** Told while waiting, with the number of letters that somebody else has locked. */
  readonly onWait?: (locked: number) => void;
}

export interface ReplayOptions extends HandleOptions {
  /** Replays a second at most. */
  readonly rate?: number;
  /** Says what would be replayed, as outcomes of the kind `planned`, and touches nothing. */
  readonly dryRun?: boolean;
  /** How long tombstones are kept; older events are skipped. @defaultValue 30 days */
  readonly retentionMs?: number;
  /** Told of each letter, as soon as it is done or skipped. */
  readonly onOutcome?: (outcome: ReplayOutcome | PlannedReplay) => void;
}

export interface PlannedReplay {
  readonly kind: 'planned';
  readonly letter: DeadLetter;
}

export interface DiscardOptions extends HandleOptions {
  /** Told of each letter, as soon as it is gone. */
  readonly onDiscarded?: (letter: DeadLetter) => void;
}

/** What became of the letters that a run was about. */
export interface HandleReport {
  /** Replayed or discarded. */
  readonly done: number;
  readonly skipped: number;
  /** Somebody else handled them meanwhile. */
  readonly gone: number;
  /** Still there: locked by somebody else, or not reached when the run was interrupted. */
  readonly left: number;
}

/** The dead letters of a subscription. Any number of operators may work on them at once. */
export interface DeadLetters {
  /** Reads them, oldest first, without locking or changing anything. */
  list(filter?: DeadLetterFilter): AsyncIterable<DeadLetter>;
  /** The letter with this number; undefined when there is none. */
  find(sequenceNumber: bigint): Promise<DeadLetter | undefined>;
  /**
   * Sends letters to the topic again, then takes them out of the dead-letter queue. A run that was
   * killed loses and doubles nothing: run it again, and it goes on with what is left.
   */
  replay(options: ReplayOptions): Promise<HandleReport>;
  /** Takes letters out for good, after their content is in the audit. */
  discard(options: DiscardOptions): Promise<HandleReport>;
}

const DEFAULT_PATIENCE_MS = 90_000;

/**
 * The dead letters of a subscription. Nothing is connected before the first use; the client stays
 * the caller's to close.
 *
 * Every function rejects with AynaError `BrokerUnavailable` or `BrokerRejected`, or with what the
 * audit rejected with; what was locked is given back before.
 */
export function openDeadLetters(place: LetterPlace): DeadLetters {
  const list = async function* (filter: DeadLetterFilter = {}): AsyncGenerator<DeadLetter> {
    const nowMs = Date.now();
    for await (const letter of peekLetters(place)) {
      if (fits(filter, letter, nowMs)) yield letter;
    }
  };

  /** Looks through the letters for those to work on, as many as are asked for. */
  const select = async (
    { filter = {}, limit = Infinity, signal }: HandleOptions,
    take: (letter: DeadLetter) => boolean,
  ) => {
    const nowMs = Date.now();
    const wanted = new Set<bigint>();
    const known = new Set<bigint>();
    if (limit < 1) return { wanted, known };
    for await (const letter of peekLetters(place)) {
      known.add(letter.sequenceNumber);
      if (fits(filter, letter, nowMs) && take(letter)) wanted.add(letter.sequenceNumber);
      if (wanted.size >= limit || signal?.aborted === true) break;
    }
    return { wanted, known };
  };

  const handle = async (
    options: HandleOptions,
    { wanted, known }: Awaited<ReturnType<typeof select>>,
    workWith: (audit: WriteAudit) => LetterWork,
  ) => {
    let auditFailure: { readonly error: unknown } | undefined;
    const audit: WriteAudit = async (records) => {
      try {
        await options.audit(records);
      } catch (error) {
        auditFailure = { error };
        throw error;
      }
    };
    try {
      return await runPass({
        place,
        wanted,
        known,
        work: workWith(audit),
        signal: options.signal ?? new AbortController().signal,
        patienceMs: options.patienceMs ?? DEFAULT_PATIENCE_MS,
        onWait: options.onWait ?? (() => undefined),
      });
    } catch (error) {
      if (auditFailure?.error === error) throw error;
      throw brokerFailure(error, `working on the dead letters of "${place.subscription}" failed`);
    }
  };

  return {
    list,
    find: async (sequenceNumber) => {
      for await (const letter of peekLetters(place, sequenceNumber)) {
        return letter.sequenceNumber === sequenceNumber ? letter : undefined;
      }
      return undefined;
    },
    replay: async (options) => {
      const counts = { done: 0, skipped: 0 };
      const onOutcome = (outcome: ReplayOutcome | PlannedReplay) => {
        counts[outcome.kind === 'skipped' ? 'skipped' : 'done'] += 1;
        options.onOutcome?.(outcome);
      };
      const selection = await select(options, (letter) => {
        const replay = replayOf(letter, Date.now(), options.retentionMs);
        if ('why' in replay) onOutcome({ kind: 'skipped', letter, why: replay.why });
        else if (options.dryRun === true) onOutcome({ kind: 'planned', letter });
        return !('why' in replay);
      });
      if (options.dryRun === true) return { ...counts, gone: 0, left: 0 };
      const { topic, subscription, client } = place;
      const sender = client.createSender(topic);
      try {
        const { by, rate, retentionMs } = options;
        const end = await handle(options, selection, (audit) =>
          replayWork({
            sender,
            topic,
            subscription,
            audit,
            by,
            onOutcome,
            ...(rate === undefined ? {} : { rate }),
            ...(retentionMs === undefined ? {} : { retentionMs }),
          }),
        );
        return { ...counts, ...end };
      } finally {
        await sender.close();
      }
    },
    discard: async (options) => {
      const { topic, subscription } = place;
      let done = 0;
      const onDiscarded = (letter: DeadLetter) => {
        done += 1;
        options.onDiscarded?.(letter);
      };
      const { by } = options;
      const selection = await select(options, () => true);
      const end = await handle(options, selection, (audit) =>
        discardWork({ topic, subscription, audit, by, onDiscarded }),
      );
      return { done, skipped: 0, ...end };
    },
  };
}
