import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from '@azure/service-bus';
import { AynaError } from '@ayna/contract';
import { brokerFailure } from '../broker-failure.ts';
import { within } from '@ayna/platform';

/** Which subscription to read, and how to reach it. */
export interface ConnectionTarget {
  /** Makes a client of its own; whoever calls it closes it. */
  readonly connect: () => ServiceBusClient;
  readonly topic: string;
  readonly subscription: string;
}

export interface ConnectionEvents {
  /** The broker has accepted the receiver: messages can come. */
  readonly attached: () => void;
  /** Resolves when the message needs its place no longer. */
  readonly message: (message: ServiceBusReceivedMessage) => Promise<void>;
}

/**
 * One connection to the broker, with one receiver. It is used once: when anything is wrong with it,
 * it ends, and another one takes its place.
 *
 * The SDK could bring a lost link back by itself. But it then asks for as many messages again,
 * however many of the old link are still in hand, and the old ones can be settled no more: the SDK
 * waits a minute for an answer that cannot come. A message of a connection that has ended is settled
 * on the next one, by its lock.
 */
export interface Connection {
  readonly receiver: ServiceBusReceiver;
  /** Resolves with the reason when the connection is of no use any more. */
  readonly ended: Promise<AynaError>;
  readonly hasEnded: boolean;
  /** Asks for messages, at most so many at once. */
  listen(credit: number): void;
  /** Ends it from this side. */
  end(reason: AynaError): void;
  /**
   * Calls back at the end, instead of a promise that would gather a reaction for every message of
   * a long life. Returns what takes the call back.
   */
  onEnd(callback: () => void): () => void;
  /** Asks for nothing more. Takes two seconds at most, on a dead connection too. Never rejects. */
  stopListening(): Promise<void>;
  /** Lets everything go. Takes two seconds at most, on a dead connection too. Never rejects. */
  close(): Promise<void>;
}

/** The SDK waits for a minute for a peer that answers no more. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Opens a connection. Nothing goes over the wire before the first use. */
export function openConnection(
  { connect, topic, subscription }: ConnectionTarget,
  events: ConnectionEvents,
): Connection {
  const client = connect();
  // The locks are kept by `LockKeeper`, across connections.
  const receiver = client.createReceiver(topic, subscription, {
    receiveMode: 'peekLock',
    maxAutoLockRenewalDurationInMs: 0,
  });
  const { promise: ended, resolve } = Promise.withResolvers<AynaError>();
  const callbacks = new Set<() => void>();
  let intake: { close(): Promise<void> } | undefined;
  let hasEnded = false;
  let links = 0;

  const end = (reason: AynaError) => {
    if (hasEnded) return;
    hasEnded = true;
    // At once, or the SDK would attach again.
    void stopListening();
    resolve(reason);
    for (const callback of callbacks) callback();
    callbacks.clear();
  };

  const stopListening = () => quietly(intake?.close());

  /** The SDK, as of 7.9.5, calls `preInitialize` before each attempt to attach, and `postInitialize` after it. */
  const handlers = {
    processMessage: events.message,
    processError: ({ error }: { error: unknown }) => {
      end(brokerFailure(error, `"${topic}/${subscription}" cannot be read`));
      return Promise.resolve();
    },
    preInitialize: () => {
      links += 1;
      if (links > 1) end(new AynaError('BrokerUnavailable', 'the connection was lost'));
      return Promise.resolve();
    },
    postInitialize: () => {
      if (!hasEnded) events.attached();
      return Promise.resolve();
    },
  };

  return {
    receiver,
    ended,
    get hasEnded() {
      return hasEnded;
    },
    listen(credit) {
      intake = receiver.subscribe(handlers, {
        autoCompleteMessages: false,
        maxConcurrentCalls: credit,
      });
    },
    end,
    onEnd(callback) {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
    stopListening,
    close: () => quietly(client.close()),
  };
}

async function quietly(closing: Promise<unknown> | undefined): Promise<void> {
  if (closing) await within(CLOSE_TIMEOUT_MS, closing).catch(() => undefined);
}
