import { setTimeout as delay } from 'node:timers/promises';
import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from '@azure/service-bus';
import { AynaError, mirrorChange, type Entity, type MirrorChange } from '@ayna/contract';
import type { Logger } from '@ayna/platform';
import { brokerFailure, fromMessage } from '@ayna/service-bus';
import type { MirrorStore } from '@ayna/sql-gateway';
import { applyBatch, type Verdict } from './apply-batch.ts';
import { backoffMs, DEFAULT_BACKOFF, type BackoffPolicy } from './backoff.ts';
import { redeemClaimCheck, type ReadDocument } from './claim-check.ts';
import { Measurements, type ProcessorCounts, type ProcessorLatency } from './measurements.ts';
import { DEFAULT_BATCH_POLICY, microBatcher, type BatchPolicy } from './micro-batcher.ts';

export interface ProcessorOptions {
  readonly client: ServiceBusClient;
  readonly topic: string;
  readonly subscription: string;
  readonly store: Pick<MirrorStore, 'apply'>;
  readonly entities: readonly Entity[];
  /** Without it, an event that is only a claim check is dead-lettered as `ContractViolation`. */
  readonly readDocument?: ReadDocument;
  readonly logger: Logger;
  readonly batch?: Partial<BatchPolicy>;
  readonly backoff?: BackoffPolicy;
  /**
   * How many messages may be in hand at once: received, not yet settled. It bounds memory, and it
   * is all that is asked of the broker while SQL is away.
   * @defaultValue twice what the batches in flight can hold, at most 2,000: the SDK's session takes
   * no more than 2,048 unsettled messages
   */
  readonly maxInHand?: number;
}

export interface ProcessorStatus {
  /** `waiting`: SQL cannot take work, nothing more is asked of the broker. */
  readonly state: 'running' | 'waiting' | 'stopping' | 'stopped';
  readonly inHand: number;
  readonly counts: ProcessorCounts;
  readonly latencyMs: ProcessorLatency;
}

/** Moves events from a subscription into the mirror store, until it is stopped. */
export interface Processor {
  status(): ProcessorStatus;
  /**
   * Stops asking for messages, finishes what is in hand, and closes the receiver. While SQL is
   * away the messages in hand are given back to the broker instead. Never rejects.
   */
  stop(): Promise<void>;
}

/** A message in hand, with its change. */
interface InHand {
  readonly message: ServiceBusReceivedMessage;
  readonly change: MirrorChange;
  readonly settled: () => void;
}

/** The SDK renews the locks of messages in hand for this long: longer than any outage we wait out. */
const LOCK_RENEWAL_MS = 24 * 60 * 60 * 1_000;

/** Just below the window of the SDK's session. */
const MAX_IN_HAND = 2_000;

/** Azure cuts reason and description at 4,096 characters. */
const MAX_DESCRIPTION_LENGTH = 4_096;

/**
 * Starts a processor.
 *
 * A message is settled only after its transaction has committed: completed when it was applied,
 * stale or a duplicate; dead-lettered alone, with the code and a description, when it can never be
 * applied. If the process dies in between, the broker delivers again, and the store calls it a
 * duplicate.
 */
export function startProcessor(options: ProcessorOptions): Processor {
  const { logger, entities } = options;
  const policy: BatchPolicy = { ...DEFAULT_BATCH_POLICY, ...options.batch };
  const backoff = options.backoff ?? DEFAULT_BACKOFF;
  const maxInHand =
    options.maxInHand ?? Math.min(MAX_IN_HAND, policy.maxBatchSize * policy.maxInFlight * 2);
  const measurements = new Measurements();
  const waitingEnds = new AbortController();
  let state: 'running' | 'stopping' | 'stopped' = 'running';
  let inHand = 0;
  let waitingBatches = 0;

  const receiver: ServiceBusReceiver = options.client.createReceiver(
    options.topic,
    options.subscription,
    { receiveMode: 'peekLock', maxAutoLockRenewalDurationInMs: LOCK_RENEWAL_MS },
  );

  const settle = async (what: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      // The lock is lost or the broker is away: the message comes again and ends as a duplicate.
      logger.warn({ err: error }, `${what} failed; the message will be delivered again`);
    }
  };

  const deadLetter = async (message: ServiceBusReceivedMessage, error: AynaError) => {
    measurements.deadLettered(error.code);
    logger.error(
      { messageId: message.messageId, code: error.code, detail: error.message },
      'dead-lettered a message',
    );
    await settle('dead-lettering', () =>
      receiver.deadLetterMessage(message, {
        deadLetterReason: error.code,
        deadLetterErrorDescription: `${error.message} ${error.remedy}`.slice(
          0,
          MAX_DESCRIPTION_LENGTH,
        ),
      }),
    );
  };

  const finish = async ({ message, change, settled }: InHand, verdict: Verdict, at: number) => {
    if (verdict.kind === 'committed') {
      measurements.committed(change, verdict.outcome, message.enqueuedTimeUtc, at);
      await settle('completing', () => receiver.completeMessage(message));
    } else {
      await deadLetter(message, verdict.error);
    }
    settled();
  };

  const giveBack = async ({ message, settled }: InHand) => {
    await settle('giving back', () => receiver.abandonMessage(message));
    settled();
  };

  const batcher = microBatcher<InHand>(policy, async (items) => {
    const wait = { begun: false };
    try {
      const verdicts = await applyBatch(
        items.map(({ change }) => change),
        {
          store: options.store,
          backoff,
          signal: waitingEnds.signal,
          onWait: (error, attempt, pauseMs) => {
            if (!wait.begun) waitingBatches += 1;
            wait.begun = true;
            logger.warn(
              { code: error.code, detail: error.message, attempt, inHand },
              `SQL cannot take work (${error.message}); intake is paused, next attempt in ${Math.round(pauseMs)} ms`,
            );
          },
        },
      );
      if (wait.begun) logger.info({ inHand }, 'SQL takes work again');
      const committedAt = performance.timeOrigin + performance.now();
      for (const [index, item] of items.entries()) {
        const verdict = verdicts[index];
        if (verdict) void finish(item, verdict, committedAt);
      }
    } catch {
      // Only a shutdown ends the wait for SQL.
      for (const item of items) void giveBack(item);
    } finally {
      if (wait.begun) waitingBatches -= 1;
    }
  });

  /** The change in a message; undefined when there is nothing to write. Waits for a claim check. */
  const changeOf = async (
    message: ServiceBusReceivedMessage,
  ): Promise<MirrorChange | undefined> => {
    const typed = fromMessage(entities, message);
    if (!typed.event.data.claimCheck) return mirrorChange(typed);
    const { readDocument } = options;
    if (!readDocument) {
      throw new AynaError(
        'ContractViolation',
        `the document "${typed.event.subject}" was too large to travel, and this writer has no access to Firestore to read it`,
      );
    }
    for (let attempt = 0; ; attempt += 1) {
      try {
        const redeemed = await redeemClaimCheck(typed, readDocument);
        return redeemed && mirrorChange(redeemed);
      } catch (error) {
        if (!(error instanceof AynaError) || !error.heals) throw error;
        const pauseMs = backoffMs(backoff, attempt);
        logger.warn({ code: error.code, detail: error.message }, 'waiting for a claim check');
        await delay(pauseMs, undefined, { signal: waitingEnds.signal });
      }
    }
  };

  const processMessage = async (message: ServiceBusReceivedMessage) => {
    inHand += 1;
    try {
      const change = await changeOf(message);
      if (change) {
        await new Promise<void>((settled) => batcher.add({ message, change, settled }));
      } else {
        measurements.skipped();
        await settle('completing', () => receiver.completeMessage(message));
      }
    } catch (error) {
      if (error instanceof AynaError) await deadLetter(message, error);
      else await settle('giving back', () => receiver.abandonMessage(message));
    } finally {
      inHand -= 1;
    }
  };

  const subscription = receiver.subscribe(
    {
      processMessage,
      processError: (args) => {
        const failure = brokerFailure(args.error, `the broker reports (${args.errorSource})`);
        logger.warn({ code: failure.code, detail: failure.message }, 'broker trouble; retrying');
        return Promise.resolve();
      },
    },
    { autoCompleteMessages: false, maxConcurrentCalls: maxInHand },
  );

  return {
    status: () => ({
      state: state === 'running' && waitingBatches > 0 ? 'waiting' : state,
      inHand,
      counts: measurements.counts(),
      latencyMs: measurements.latency(),
    }),
    stop: async () => {
      state = 'stopping';
      await settle('closing the subscription', () => subscription.close());
      // Not before the intake is closed: what is given back would come in again.
      waitingEnds.abort();
      await batcher.idle();
      while (inHand > 0) await delay(1);
      await settle('closing the receiver', () => receiver.close());
      state = 'stopped';
    },
  };
}
