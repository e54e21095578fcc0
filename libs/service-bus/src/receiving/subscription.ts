import { setTimeout as delay } from 'node:timers/promises';
import {
  isServiceBusError,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';
import { AynaError } from '@ayna/contract';
import { backoffMs, TIME_IS_UP, within, type BackoffPolicy } from '@ayna/platform';
import { brokerFailure } from '../broker-failure.ts';
import { openConnection, type Connection, type ConnectionTarget } from './connection.ts';
import { LockKeeper } from './lock-keeper.ts';
import { Watchdog } from './watchdog.ts';

/** A time in which the broker cannot be reached. */
export interface BrokerOutage {
  readonly since: Date;
  /** Connections that failed so far. */
  readonly attempts: number;
  /** Why the last one failed. */
  readonly error: AynaError;
}

export interface SubscriptionOptions extends ConnectionTarget {
  readonly backoff: BackoffPolicy;
  readonly silenceMs: number;
  readonly askTimeoutMs: number;
  /** How many messages may be in hand at once, of all connections together. */
  readonly maxInHand: number;
  /** Takes a message in hand, until `release` is called with it. */
  readonly take: (message: ServiceBusReceivedMessage) => void;
  readonly events: {
    /** A connection ended, the next one follows after the pause. */
    readonly lost: (outage: BrokerOutage, pauseMs: number) => void;
    /** The broker accepted the receiver; after an outage, with what it was and how long it lasted. */
    readonly attached: (outage: BrokerOutage | undefined, lastedMs: number) => void;
    /** A lock is gone: the message will come again. */
    readonly lockLost: (message: ServiceBusReceivedMessage) => void;
  };
}

/** How long a broker that is asked something may take, in milliseconds. */
export const DEFAULT_ASK_TIMEOUT_MS = 10_000;
/** What was published just when the broker was asked is on its way. */
const GRACE_MS = 500;
/** What a peek returns at most. */
const MAX_PEEKED = 100;
/** How often a settlement that failed for a passing reason is repeated. */
const SETTLE_RETRIES = 3;

/**
 * Reads a subscription, whatever happens to the connection.
 *
 * States: *connecting*, nothing comes; *attached*, messages come; *pausing* after a connection
 * ended, until the backoff has passed; *closed*. Any trouble, be it that the broker detaches the
 * receiver, that the connection breaks, or that the watchdog finds it stalled, ends the connection;
 * the next one is a new one from the socket up. So there is never more than one that asks for
 * messages.
 *
 * Messages in hand survive their connection: their locks are renewed and they are settled over
 * whichever connection there is. The next one asks for messages only when at most half of the places
 * are taken, and for no more than are free: however often connections come and go while SQL is
 * away, memory stays bounded and each message is delivered once.
 */
export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #closing = new AbortController();
  readonly #locks: LockKeeper<ServiceBusReceivedMessage>;
  readonly #watchdog: Watchdog;
  readonly #held = new Map<ServiceBusReceivedMessage, () => void>();
  readonly #running: Promise<unknown>;
  readonly #firstAttached = Promise.withResolvers<undefined>();
  #connection: Connection | undefined;
  #nextConnection = Promise.withResolvers<undefined>();
  #room: (() => void) | undefined;
  #attached = false;
  #messages = 0;
  #outage: (BrokerOutage & { readonly begunMs: number }) | undefined;

  /** @throws AynaError `ConfigInvalid` when `connect` does */
  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#locks = new LockKeeper({ renew: (message) => this.#renew(message) });
    this.#watchdog = new Watchdog({
      silenceMs: options.silenceMs,
      ask: () => this.#ask(),
      stalled: (why) => this.#connection?.end(new AynaError('BrokerUnavailable', why)),
    });
    this.#firstAttached.promise.catch(() => undefined);
    this.#running = this.#run(this.#open());
  }

  /**
   * Resolves when the broker has accepted the receiver for the first time. Rejects with
   * `BrokerRejected` when it refuses before that; the subscription goes on trying all the same.
   */
  get firstAttached(): Promise<unknown> {
    return this.#firstAttached.promise;
  }

  /** What is read. */
  get place(): Pick<ConnectionTarget, 'topic' | 'subscription'> {
    return this.#options;
  }

  get attached(): boolean {
    return this.#attached;
  }

  get inHand(): number {
    return this.#held.size;
  }

  /** The outage that lasts; undefined while the broker is not known to be away. */
  get outage(): BrokerOutage | undefined {
    return this.#outage;
  }

  /** The message needs its place no longer. */
  release(message: ServiceBusReceivedMessage): void {
    this.#locks.release(message);
    const free = this.#held.get(message);
    this.#held.delete(message);
    free?.();
    if (this.#hasRoom()) this.#room?.();
  }

  /**
   * Settles a message over the connection that there is, or that comes while its lock lasts.
   * Rejects when that was not possible; then it comes again.
   */
  async settle(
    message: ServiceBusReceivedMessage,
    act: (receiver: ServiceBusReceiver) => Promise<void>,
  ): Promise<void> {
    for (let attempt = 0; ;) {
      const connection = await this.#connectionFor(message);
      try {
        if (await unlessEnded(connection, act(connection.receiver))) {
          this.#watchdog.heard();
          return;
        }
      } catch (error) {
        const passing =
          isServiceBusError(error) && error.retryable && error.code !== 'MessageLockLost';
        if (!passing || attempt === SETTLE_RETRIES) throw error;
        await delay(backoffMs(this.#options.backoff, attempt));
        attempt += 1;
      }
    }
  }

  /** Asks for no more messages. Takes two seconds at most. Never rejects. */
  async stopListening(): Promise<void> {
    this.#closing.abort();
    this.#nextConnection.resolve(undefined);
    this.#room?.();
    await this.#connection?.stopListening();
  }

  /** Lets everything go. Takes two seconds at most. Never rejects. */
  async close(): Promise<void> {
    const connection = this.#connection;
    const stopped = this.stopListening();
    this.#watchdog.close();
    this.#locks.close();
    connection?.end(new AynaError('BrokerUnavailable', 'the subscription was closed'));
    await Promise.all([stopped, connection?.close(), this.#running]);
  }

  #open(): Connection {
    const connection = openConnection(this.#options, {
      attached: () => {
        this.#onAttached();
      },
      message: (message) => this.#onMessage(message),
    });
    connection.onEnd(() => {
      this.#attached = false;
      this.#connection = undefined;
      this.#nextConnection = Promise.withResolvers<undefined>();
    });
    this.#connection = connection;
    this.#nextConnection.resolve(undefined);
    return connection;
  }

  async #run(first: Connection): Promise<void> {
    for (let connection = first; ; connection = this.#open()) {
      await Promise.race([this.#roomFor(), connection.ended]);
      if (this.#isClosing()) return;
      if (!connection.hasEnded) connection.listen(this.#options.maxInHand - this.#held.size);
      const reason = await connection.ended;
      if (this.#isClosing()) return;
      void connection.close();
      await this.#pauseAfter(reason);
      if (this.#isClosing()) return;
    }
  }

  async #pauseAfter(error: AynaError): Promise<void> {
    const { since, attempts, begunMs } = this.#outage ?? {
      since: new Date(),
      attempts: 0,
      begunMs: performance.now(),
    };
    this.#outage = { since, attempts: attempts + 1, begunMs, error };
    if (error.code === 'BrokerRejected') this.#firstAttached.reject(error);
    const pauseMs = backoffMs(this.#options.backoff, attempts);
    this.#options.events.lost(this.#outage, pauseMs);
    await delay(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }

  #onAttached(): void {
    const outage = this.#outage;
    this.#outage = undefined;
    this.#attached = true;
    this.#watchdog.heard();
    this.#firstAttached.resolve(undefined);
    this.#options.events.attached(outage, outage ? performance.now() - outage.begunMs : 0);
  }

  /** Resolves when the message is released: until then the SDK asks for no other in its place. */
  #onMessage(message: ServiceBusReceivedMessage): Promise<void> {
    if (this.#isClosing() && !this.#connection) return Promise.resolve();
    this.#messages += 1;
    this.#watchdog.received();
    return new Promise((free) => {
      this.#held.set(message, free);
      this.#locks.hold(message);
      this.#options.take(message);
    });
  }

  #isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  #hasRoom(): boolean {
    return this.#held.size <= this.#options.maxInHand / 2;
  }

  #roomFor(): Promise<void> {
    if (this.#hasRoom()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#room = () => {
        this.#room = undefined;
        resolve();
      };
    });
  }

  async #connectionFor({ lockedUntilUtc }: ServiceBusReceivedMessage): Promise<Connection> {
    while (!this.#connection) {
      const left = (lockedUntilUtc?.getTime() ?? 0) - Date.now();
      if (this.#closing.signal.aborted || left <= 0) {
        throw new AynaError('BrokerUnavailable', 'there is no connection to the broker');
      }
      await within(left, this.#nextConnection.promise);
    }
    return this.#connection;
  }

  async #renew(message: ServiceBusReceivedMessage): Promise<'renewed' | 'failed' | 'lost'> {
    const connection = this.#connection;
    const { askTimeoutMs } = this.#options;
    if (!connection) return 'failed';
    try {
      const renewal = await within(askTimeoutMs, connection.receiver.renewMessageLock(message));
      if (renewal === TIME_IS_UP) return 'failed';
      this.#watchdog.heard();
      return 'renewed';
    } catch (error) {
      if (!isServiceBusError(error) || error.code !== 'MessageLockLost') return 'failed';
      if (this.#held.has(message)) this.#options.events.lockLost(message);
      return 'lost';
    }
  }

  /** What is wrong with the connection, for the watchdog. */
  async #ask(): Promise<string | undefined> {
    const connection = this.#connection;
    if (!connection) return undefined;
    const before = this.#messages;
    const { askTimeoutMs, maxInHand } = this.#options;
    const free = maxInHand - this.#held.size;
    try {
      const asked = connection.receiver.peekMessages(Math.min(this.#held.size + 1, MAX_PEEKED));
      const found = await within(askTimeoutMs, asked);
      if (found === TIME_IS_UP) return `the broker did not answer for ${askTimeoutMs} ms`;
      const held = new Set([...this.#held.keys()].map(({ messageId }) => messageId));
      const waits = found.some(
        ({ state, messageId }) => state === 'active' && !held.has(messageId),
      );
      if (!waits || !this.#attached || free <= 0) return undefined;
    } catch (error) {
      return brokerFailure(error, 'the broker cannot be asked').message;
    }
    await delay(GRACE_MS);
    if (this.#messages > before || connection.hasEnded) return undefined;
    return 'messages wait, but none has come: the receiver has silently stopped';
  }
}

/** Resolves with true when the work is done, with false when the connection ended before. */
function unlessEnded(connection: Connection, work: Promise<void>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const forget = connection.onEnd(() => {
      resolve(false);
    });
    work
      .then(() => {
        resolve(true);
      }, reject)
      .finally(forget);
  });
}
