import type {
  ServiceBusClient,
  ServiceBusMessageBatch,
  ServiceBusSender,
} from '@azure/service-bus';
import { AynaError, type MirrorEvent } from '@ayna/contract';
import { brokerFailure, toMessage } from '@ayna/service-bus';
import { messageIdOf } from './event-builder.ts';

/** Puts events on the topic. */
export interface Publisher {
  /**
   * Resolves once the broker has taken the event. Events published at the same time travel
   * together in batches.
   *
   * Rejects with AynaError `BrokerUnavailable` when the SDK's retries are used up, `BrokerRejected`
   * when the broker will not take it, `Oversize` when not even its claim check fits: rethrow, so
   * that the trigger is delivered again. A rejected event may still have arrived; publishing it
   * again is safe.
   */
  publish(event: MirrorEvent): Promise<void>;
  /** Sends what is waiting, then closes the link. The client is the caller's to close. */
  close(): Promise<void>;
}

interface Waiting {
  readonly event: MirrorEvent;
  readonly resolve: () => void;
  readonly reject: (error: AynaError) => void;
}

/**
 * Opens a publisher on a topic.
 *
 * A sender is either idle, with nothing waiting, or sending one batch while further events wait;
 * what has come in the meantime is the next batch. So a single event goes at once, and a burst
 * costs one round trip a batch. How often a send is retried, and with what pauses, is the policy
 * of the client (`connectServiceBus`).
 */
export function createPublisher(client: ServiceBusClient, topic: string): Publisher {
  const sender = client.createSender(topic);
  const waiting: Waiting[] = [];
  let sending: Promise<void> | undefined;

  const drain = async () => {
    // The events of one turn of the event loop travel together.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) await sendSome(sender, topic, waiting);
    sending = undefined;
  };

  return {
    publish: (event) =>
      new Promise((resolve, reject) => {
        waiting.push({ event, resolve, reject });
        sending ??= drain();
      }),
    close: async () => {
      await sending;
      await sender.close();
    },
  };
}

/** Takes as many events from the head of the queue as fit one batch, and sends them. */
async function sendSome(sender: ServiceBusSender, topic: string, queue: Waiting[]): Promise<void> {
  const taken: Waiting[] = [];
  try {
    const batch = await sender.createMessageBatch();
    for (let item = queue[0]; item; item = queue[0]) {
      const fits = batch.tryAddMessage(toMessage(item.event, messageIdOf(item.event)));
      if (!fits && taken.length > 0) break;
      queue.shift();
      if (fits || addShrunk(batch, item)) taken.push(item);
    }
    if (taken.length > 0) await sender.sendMessages(batch);
    for (const { resolve } of taken) resolve();
  } catch (error) {
    const failure = brokerFailure(error, `publishing to the topic "${topic}" failed`);
    // Without a link there is no batch, and nothing of what waits can be sent.
    if (taken.length === 0) taken.push(...queue.splice(0));
    for (const { reject } of taken) reject(failure);
  }
}

/**
 * Adds an event that does not fit an empty batch: first without the previous document, then as a
 * claim check, which the writer redeems by reading the document. Rejects it when nothing helps.
 */
function addShrunk(batch: ServiceBusMessageBatch, { event, reject }: Waiting): boolean {
  const messageId = messageIdOf(event);
  for (const data of [
    { ...event.data, previousDocument: null },
    {
      ...event.data,
      previousDocument: null,
      document: null,
      claimCheck: event.data.operation !== 'delete',
    },
  ]) {
    if (batch.tryAddMessage(toMessage({ ...event, data }, messageId))) return true;
  }
  reject(
    new AynaError(
      'Oversize',
      `the event of "${event.subject.slice(0, 200)}" has more than the ${batch.maxSizeInBytes} bytes that the broker takes`,
    ),
  );
  return false;
}
