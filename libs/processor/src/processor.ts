import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import {
  AynaError,
  mirrorChange,
  type Entity,
  type MirrorChange,
  type Outcome,
} from '@ayna/contract';
import {
  DEFAULT_BACKOFF,
  DEFAULT_BATCH_POLICY,
  microBatcher,
  SqlGate,
  within,
  type BackoffPolicy,
  type BatchPolicy,
  type Logger,
} from '@ayna/platform';
import {
  DEFAULT_ASK_TIMEOUT_MS,
  DEFAULT_SILENCE_MS,
  fromMessage,
  messageFields,
  MessageTrace,
  Settling,
  Subscription,
  type ConnectionTarget,
} from '@ayna/service-bus';
import type { MirrorStore } from '@ayna/sql-gateway';
import { applyBatch, type Verdict } from './apply-batch.ts';
import { redeemPatiently, type ReadDocument } from './claim-check.ts';
import { Measurements, type ProcessorCounts, type ProcessorLatency } from './measurements.ts';

export interface ProcessorOptions extends ConnectionTarget {
  /**
   * Where changes are applied. A store of your own says by an AynaError `SqlRejected` that it can
   * never take the data of a batch: the culprits are found and dead-lettered. Whatever else it
   * throws is waited out, with the intake paused, until it takes the batch.
   */
  readonly store: Pick<MirrorStore, 'apply'>;
  readonly entities: readonly Entity[];
  /** Without it, an event that is only a claim check is dead-lettered as `ContractViolation`. */
  readonly readDocument?: ReadDocument;
  readonly logger: Logger;
  readonly batch?: Partial<BatchPolicy>;
  /** Between attempts to reach SQL, the broker and Firestore. @defaultValue 100 ms, doubling up to 15 s */
  readonly backoff?: BackoffPolicy;
  /**
   * How many messages may be in hand at once: received, not yet settled. It bounds memory, and it
   * is all that is asked of the broker while SQL is away.
   * @defaultValue twice what the batches in flight can hold, so that the next ones are gathered
   * meanwhile; at most 2,000: the SDK's session takes no more than 2,048 unsettled messages
   */
  readonly maxInHand?: number;
  /**
   * How long nothing may be heard of the broker before it is asked whether the receiver has
   * silently stopped, in milliseconds.
   * @defaultValue 30,000
   */
  readonly silenceMs?: number;
  /** How long the broker may take to answer that, in milliseconds. @defaultValue 10,000 */
  readonly askTimeoutMs?: number;
}

/** What a processor waits for. */
export interface Waiting {
  readonly for: 'SQL' | 'the broker';
  readonly since: Date;
  /** Attempts that failed so far. */
  readonly attempts: number;
  /** Why the last one failed: a code of the registry, and what was said. */
  readonly code: string;
  readonly detail: string;
}

export interface ProcessorStatus {
  readonly state: 'connecting' | 'running' | 'waiting' | 'stopping' | 'stopped';
  /** What it waits for; absent while nothing is in its way. */
  readonly waiting?: Waiting;
  readonly inHand: number;
  /** How often the connection to the broker was replaced. */
  readonly reconnects: number;
  readonly counts: ProcessorCounts;
  readonly latencyMs: ProcessorLatency;
}

/** Moves events from a subscription into the mirror store, until it is stopped. */
export interface Processor {
  status(): ProcessorStatus;
  /**
   * Resolves when the broker has accepted the receiver for the first time. Rejects with AynaError
   * `BrokerRejected` when it refuses before that, so that a program can end and say why; the
   * processor itself goes on trying.
   */
  readonly connected: Promise<unknown>;
  /**
   * Stops asking for messages, finishes what is in hand, and closes the connection. What waits for
   * SQL, and what SQL has not decided by the deadline, is given back to the broker. Never rejects.
   *
   * @param deadlineMs @defaultValue 20,000: below the 25 s after which the process is ended
   */
  stop(deadlineMs?: number): Promise<void>;
}

/** How long `stop` takes at most. */
export const DEFAULT_STOP_DEADLINE_MS = 20_000;

/** What is left of the deadline for giving back, and for closing. */
const RESERVE_MS = 4_000;
const GIVE_BACK_MS = 2_000;

/** Just below the window of the SDK's session. */
const MAX_IN_HAND = 2_000;

/** A message in hand, with its change. */
interface InHand {
  readonly message: ServiceBusReceivedMessage;
  readonly change: MirrorChange;
  readonly trace: MessageTrace;
}

/**
 * Starts a processor.
 *
 * A message is settled only after its transaction has committed: completed when it was applied,
 * stale or a duplicate; dead-lettered alone, with the code and a description, when it can never be
 * applied. If the process dies in between, the broker delivers again, and the store calls it a
 * duplicate.
 *
 * States: *connecting*, the broker has not accepted the receiver yet, or not again; *running*;
 * *waiting*, SQL cannot take work: messages in hand keep their locks, no more than `maxInHand` are
 * asked for; *stopping*, what is in hand is finished; *stopped*.
 *
 * @throws AynaError `ConfigInvalid` when `connect` does
 */
export function startProcessor(options: ProcessorOptions): Processor {
  const { logger, entities } = options;
  const policy: BatchPolicy = { ...DEFAULT_BATCH_POLICY, ...options.batch };
  const backoff = options.backoff ?? DEFAULT_BACKOFF;
  const measurements = new Measurements();
  const waitingEnds = new AbortController();
  const { signal } = waitingEnds;
  /** What is in hand and not decided yet, each with its trace. */
  const undecided = new Map<ServiceBusReceivedMessage, MessageTrace>();
  let stage: 'working' | 'stopping' | 'stopped' = 'working';
  let onIdle: (() => void) | undefined;

  const gate = new SqlGate(backoff, signal, {
    waiting: ({ error, attempts }, pauseMs) => {
      logger.warn(
        { code: error.code, attempts, inHand: subscription.inHand },
        `waiting for SQL: ${error.message}; intake is paused, next attempt in ${Math.round(pauseMs)} ms`,
      );
    },
    over: ({ error, attempts }, lastedMs) => {
      logger.info(
        { code: error.code, attempts, lastedMs: Math.round(lastedMs), inHand: subscription.inHand },
        `SQL takes work again, after ${seconds(lastedMs)} of waiting (${error.message})`,
      );
    },
  });

  const subscription: Subscription = new Subscription({
    connect: options.connect,
    topic: options.topic,
    subscription: options.subscription,
    backoff,
    silenceMs: options.silenceMs ?? DEFAULT_SILENCE_MS,
    askTimeoutMs: options.askTimeoutMs ?? DEFAULT_ASK_TIMEOUT_MS,
    maxInHand:
      options.maxInHand ?? Math.min(MAX_IN_HAND, 2 * policy.maxBatchSize * policy.maxInFlight),
    take: (message) => {
      const trace = new MessageTrace(message, subscription.place);
      undecided.set(message, trace);
      take(message, trace);
    },
    events: {
      lost: ({ error, attempts }, pauseMs) => {
        measurements.reconnected(error.code);
        logger.warn(
          { code: error.code, attempts, inHand: subscription.inHand },
          `waiting for the broker: ${error.message}; next attempt in ${Math.round(pauseMs)} ms`,
        );
      },
      attached: (outage, lastedMs) => {
        if (!outage) return;
        const { error, attempts } = outage;
        logger.info(
          { code: error.code, attempts, lastedMs: Math.round(lastedMs) },
          `connected to the broker again, after ${seconds(lastedMs)} (${error.message})`,
        );
      },
      lockLost: (message) => {
        logger.warn(messageFields(message), 'a lock was lost; the message will be delivered again');
      },
    },
  });
  const settling = new Settling(subscription, logger);

  /** The trace of a message, for the first to decide about it; a deadline may have been faster. */
  const decide = (message: ServiceBusReceivedMessage) => {
    const trace = undecided.get(message);
    undecided.delete(message);
    return trace;
  };

  const settled = async (trace: MessageTrace, settlement: Promise<void>) => {
    await settlement;
    trace.end();
    if (subscription.inHand === 0) onIdle?.();
  };

  const giveBack = (message: ServiceBusReceivedMessage) => {
    const trace = decide(message);
    if (!trace) return;
    trace.decided('given_back');
    void settled(trace, settling.giveBack(message, trace.context));
  };

  const reject = (message: ServiceBusReceivedMessage, error: unknown) => {
    if (!(error instanceof AynaError)) {
      giveBack(message);
      return;
    }
    const trace = decide(message);
    if (!trace) return;
    measurements.deadLettered(error.code);
    trace.rejected(error);
    void settled(trace, settling.deadLetter(message, error, trace.context));
  };

  const complete = (message: ServiceBusReceivedMessage, trace: MessageTrace, outcome: Outcome) => {
    trace.decided(outcome);
    void settled(trace, settling.complete(message, trace.context));
  };

  const finish = ({ message, change }: InHand, verdict: Verdict, committedAtMs: number) => {
    if (verdict.kind === 'rejected') {
      reject(message, verdict.error);
      return;
    }
    const trace = decide(message);
    if (!trace) return;
    measurements.committed(change, verdict.outcome, message.enqueuedTimeUtc, committedAtMs);
    complete(message, trace, verdict.outcome);
  };

  const batcher = microBatcher<InHand>(policy, async (items) => {
    try {
      const changes = items.map(({ change }) => change);
      const contexts = items.map(({ trace }) => trace.context);
      const verdicts = await applyBatch(changes, options.store, gate, contexts);
      const committedAtMs = performance.timeOrigin + performance.now();
      for (const [index, item] of items.entries()) {
        const verdict = verdicts[index];
        if (verdict) finish(item, verdict, committedAtMs);
      }
    } catch {
      // Only a shutdown ends the wait for SQL.
      for (const { message } of items) giveBack(message);
    }
  });

  const take = (message: ServiceBusReceivedMessage, trace: MessageTrace): void => {
    try {
      const typed = fromMessage(entities, message);
      if (typed.event.data.claimCheck) {
        void takeClaimCheck(message, trace);
      } else {
        batcher.add({ message, change: mirrorChange(typed), trace });
      }
    } catch (error) {
      reject(message, error);
    }
  };

  const takeClaimCheck = async (
    message: ServiceBusReceivedMessage,
    trace: MessageTrace,
  ): Promise<void> => {
    try {
      const redeemed = await redeemPatiently(fromMessage(entities, message), {
        read: options.readDocument,
        backoff,
        signal,
        onWait: ({ code, message: detail }) => {
          trace.waits(code);
          logger.warn({ ...messageFields(message), code, detail }, 'waiting for a claim check');
        },
      });
      if (redeemed) {
        batcher.add({ message, change: mirrorChange(redeemed), trace });
      } else if (decide(message)) {
        measurements.skipped();
        complete(message, trace, 'stale');
      }
    } catch (error) {
      reject(message, error);
    }
  };

  const idle = () =>
    subscription.inHand === 0
      ? Promise.resolve()
      : new Promise<void>((resolve) => (onIdle = resolve));

  const waiting = (): Waiting | undefined => {
    const outage = gate.outage ?? subscription.outage;
    if (!outage) return undefined;
    const { since, attempts, error } = outage;
    return {
      for: gate.outage ? 'SQL' : 'the broker',
      since,
      attempts,
      code: error.code,
      detail: error.message,
    };
  };

  const state = (): ProcessorStatus['state'] => {
    if (stage !== 'working') return stage;
    if (gate.outage) return 'waiting';
    return subscription.attached ? 'running' : 'connecting';
  };

  return {
    connected: subscription.firstAttached,
    status: () => {
      const wait = waiting();
      return {
        state: state(),
        ...(wait ? { waiting: wait } : {}),
        inHand: subscription.inHand,
        reconnects: measurements.reconnects,
        counts: measurements.counts(),
        latencyMs: measurements.latency(),
      };
    },
    stop: async (deadlineMs = DEFAULT_STOP_DEADLINE_MS) => {
      const deadline = performance.now() + deadlineMs - Math.min(RESERVE_MS, deadlineMs / 2);
      stage = 'stopping';
      await subscription.stopListening();
      // Not before the intake is closed: what is given back would come in again.
      waitingEnds.abort();
      await within(Math.max(0, deadline - performance.now()), idle());
      if (undecided.size > 0) {
        logger.warn({ inHand: undecided.size }, 'SQL did not answer in time; giving messages back');
        for (const message of undecided.keys()) giveBack(message);
        await within(GIVE_BACK_MS, idle());
      }
      await subscription.close();
      stage = 'stopped';
    },
  };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
