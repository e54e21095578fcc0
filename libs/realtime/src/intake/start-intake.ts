import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import type { AynaError, Entity } from '@ayna/contract';
import {
  DEFAULT_BACKOFF,
  microBatcher,
  SqlGate,
  within,
  type BackoffPolicy,
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
import { logEvent, type LogEvent } from '../log/log-event.ts';
import type { RealtimeLog } from '../log/realtime-log.ts';
import type { Membership, MembershipSource } from '../membership/membership-source.ts';
import { keepPatiently } from './keep-patiently.ts';
import { claimedMembers, membershipOf } from './memberships-of-events.ts';

export interface IntakeOptions extends ConnectionTarget {
  readonly entities: readonly Entity[];
  readonly log: Pick<RealtimeLog, 'append' | 'learn' | 'alive' | 'beginAnew'>;
  /** Asked in turn who takes part in a conversation whose event is only a claim check. */
  readonly memberships: readonly MembershipSource[];
  readonly logger: Logger;
  /** Something was kept. */
  readonly kept: () => void;
  /** Told how many messages were new, repeated, or of no interest. */
  readonly count?: (outcome: 'kept' | 'duplicate' | 'skipped', count: number) => void;
  /** Larger changes are told without their columns. */
  readonly maxChangeBytes?: number;
  /**
   * How long the subscription may stay unread, or a message lie in it, before messages count as
   * lost, in milliseconds: less than the time to live of the subscription's messages.
   * @defaultValue 50,000, for the minute of an optional subscription
   */
  readonly gapMs?: number;
  /** @defaultValue 100 ms, doubling up to 15 s */
  readonly backoff?: BackoffPolicy;
}

export const DEFAULT_GAP_MS = 50_000;
/** One at a time: so what one hub reads is kept in the order in which it came. */
const BATCH = { maxBatchSize: 500, gatherMs: 2, maxInFlight: 1 };
const MAX_IN_HAND = 1_000;
const ALIVE_EVERY_MS = 2_000;
const STOP_MS = 10_000;

/** Moves changes from the subscription into the log, until it is stopped. */
export interface Intake {
  /** As of `Processor`: rejects when the broker refuses the subscription. */
  readonly connected: Promise<unknown>;
  readonly attached: boolean;
  /** Why nothing passes; undefined when nothing is in the way. */
  readonly waiting: AynaError | undefined;
  readonly inHand: number;
  /** Takes nothing more, finishes what is in hand, gives back what cannot be kept. Never rejects. */
  stop(): Promise<void>;
}

/** A message with what is to be kept of it. */
interface InHand {
  readonly message: ServiceBusReceivedMessage;
  readonly trace: MessageTrace;
  readonly event: LogEvent | undefined;
  readonly membership: Membership | undefined;
}

/**
 * Starts the intake. Hubs compete for the messages of one subscription.
 *
 * A message is settled after its change has been kept. What breaks the contract is passed over: the
 * writer, which gets the same message, dead-letters it. What a backfill publishes is no change and
 * is not told, but who takes part in a conversation is learned from it.
 *
 * @throws AynaError `ConfigInvalid` when `connect` does
 */
export function startIntake(options: IntakeOptions): Intake {
  const { log, logger, entities, count, kept, gapMs = DEFAULT_GAP_MS } = options;
  const backoff = options.backoff ?? DEFAULT_BACKOFF;
  const stopping = new AbortController();
  let onIdle: (() => void) | undefined;
  /** A message lay so long that others may have expired. */
  let lagging = false;
  let anewAt = 0;

  const gate = new SqlGate(backoff, stopping.signal, {
    waiting: ({ error, attempts }, pauseMs) => {
      logger.warn(
        { code: error.code, attempts },
        `waiting for the log: ${error.message}; next attempt in ${Math.round(pauseMs)} ms`,
      );
    },
    over: ({ attempts }, lastedMs) => {
      logger.info({ attempts, lastedMs: Math.round(lastedMs) }, 'the log takes changes again');
    },
  });

  const subscription: Subscription = new Subscription({
    connect: options.connect,
    topic: options.topic,
    subscription: options.subscription,
    backoff,
    silenceMs: DEFAULT_SILENCE_MS,
    askTimeoutMs: DEFAULT_ASK_TIMEOUT_MS,
    maxInHand: MAX_IN_HAND,
    take: (message) => {
      take(message, new MessageTrace(message, subscription.place));
    },
    events: {
      lost: ({ error, attempts }, pauseMs) => {
        logger.warn(
          { code: error.code, attempts },
          `waiting for the broker: ${error.message}; next attempt in ${Math.round(pauseMs)} ms`,
        );
      },
      attached: (outage) => {
        if (outage) logger.info({ attempts: outage.attempts }, 'connected to the broker again');
      },
      lockLost: (message) => {
        logger.warn(messageFields(message), 'a lock was lost; the message will be delivered again');
      },
    },
  });
  const settling = new Settling(subscription, logger);

  const settled = async (trace: MessageTrace, settlement: Promise<void>) => {
    await settlement;
    trace.end();
    if (subscription.inHand === 0) onIdle?.();
  };
  const complete = (message: ServiceBusReceivedMessage, trace: MessageTrace, outcome: string) => {
    trace.decided(outcome);
    void settled(trace, settling.complete(message, trace.context));
  };
  const giveBack = (message: ServiceBusReceivedMessage, trace: MessageTrace) => {
    trace.decided('given_back');
    void settled(trace, settling.giveBack(message, trace.context));
  };

  const batcher = microBatcher<InHand>(BATCH, async (items) => {
    const memberships = items.flatMap(({ membership }) => membership ?? []);
    const events = items.flatMap(({ event }) => event ?? []);
    try {
      if (items.some(({ message }) => hasLainFor(message) > gapMs)) lagging = true;
      const added = await keepPatiently({ memberships, events }, log, gate, (refused) => {
        logger.error({ code: refused.code, detail: refused.message }, 'a change was refused');
        count?.('skipped', 1);
      });
      count?.('kept', added);
      count?.('duplicate', events.length - added);
      count?.('skipped', items.length - events.length);
      for (const { message, trace, event } of items) {
        complete(message, trace, event ? 'kept' : 'skipped');
      }
      kept();
    } catch {
      // Only a stop ends the wait for the log.
      for (const { message, trace } of items) giveBack(message, trace);
    }
  });

  const take = (message: ServiceBusReceivedMessage, trace: MessageTrace): void => {
    void prepare(message, trace).then(
      (item) => {
        batcher.add(item);
      },
      (error: unknown) => {
        if (stopping.signal.aborted) {
          giveBack(message, trace);
          return;
        }
        const detail = error instanceof Error ? error.message : String(error);
        logger.warn({ ...messageFields(message), detail }, 'passed over a message');
        count?.('skipped', 1);
        complete(message, trace, 'skipped');
      },
    );
  };

  const prepare = async (
    message: ServiceBusReceivedMessage,
    trace: MessageTrace,
  ): Promise<InHand> => {
    const typed = fromMessage(entities, message);
    if (typed.event.data.syncSource === 'backfill') {
      return { message, trace, event: undefined, membership: membershipOf(typed) };
    }
    const event = logEvent(typed, options.maxChangeBytes);
    if (!event?.members || !typed.event.data.claimCheck) {
      return { message, trace, event, membership: undefined };
    }
    const { signal } = stopping;
    const members = await claimedMembers(typed, options.memberships, { backoff, signal });
    return { message, trace, event: { ...event, members }, membership: undefined };
  };

  /** Not at every message that lay long: once now and then, and once after the last of them. */
  const beginAnew = async () => {
    if (!lagging || performance.now() < anewAt) return;
    anewAt = performance.now() + gapMs;
    lagging = false;
    await log.beginAnew();
    sayLost('messages lay in the subscription for so long');
  };

  const sayAlive = async () => {
    if (!subscription.attached || gate.outage) return;
    if (await log.alive(gapMs)) sayLost('no hub has read the subscription for so long');
    await beginAnew();
  };

  const sayLost = (why: string) => {
    logger.error(
      { gapMs },
      `${why} that changes may have been lost: the log begins anew, and clients read the state through the gateway`,
    );
  };
  const alive = setInterval(() => {
    sayAlive().catch(() => undefined);
  }, ALIVE_EVERY_MS);
  subscription.firstAttached.then(sayAlive).catch(() => undefined);

  return {
    connected: subscription.firstAttached,
    get attached() {
      return subscription.attached;
    },
    get waiting() {
      return gate.outage?.error ?? subscription.outage?.error;
    },
    get inHand() {
      return subscription.inHand;
    },
    async stop() {
      clearInterval(alive);
      await subscription.stopListening();
      stopping.abort();
      if (subscription.inHand > 0) {
        await within(STOP_MS, new Promise<void>((resolve) => (onIdle = resolve)));
      }
      await subscription.close();
    },
  };
}

function hasLainFor({ enqueuedTimeUtc, deliveryCount = 0 }: ServiceBusReceivedMessage): number {
  // What comes again was in somebody's hands, where it cannot expire.
  return deliveryCount > 0 || !enqueuedTimeUtc ? 0 : Date.now() - enqueuedTimeUtc.getTime();
}
