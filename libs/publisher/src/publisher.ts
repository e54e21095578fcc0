import type {
  ServiceBusClient,
  ServiceBusMessageBatch,
  ServiceBusSender,
} from '@azure/service-bus';
import { context, SpanKind, type Span } from '@opentelemetry/api';
import { AynaError, type MirrorEvent } from '@ayna/contract';
import { aynaTracer, failSpan, traceTextOf, type TraceText } from '@ayna/platform';
import { brokerFailure, messageAttributes, toMessage } from '@ayna/service-bus';
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
   *
   * Each call is a span, a child of the active one; the message carries it to whoever receives it.
   * Event and message id do not depend on it.
   */
  publish(event: MirrorEvent): Promise<void>;
  /** Sends what is waiting, then closes the link. The client is the caller's to close. */
  close(): Promise<void>;
}

interface Waiting {
  readonly event: MirrorEvent;
  readonly trace: TraceText | undefined;
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
    publish: async (event) => {
      const span = startPublish(event, topic);
      try {
        await new Promise<void>((resolve, reject) => {
          const trace = traceTextOf(span.spanContext());
          waiting.push({ event, trace, resolve, reject });
          sending ??= drain();
        });
      } catch (error) {
        failSpan(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
    close: async () => {
      await sending;
      await sender.close();
    },
  };
}

function startPublish(event: MirrorEvent, topic: string): Span {
  const span = aynaTracer().startSpan(
    `publish ${topic}`,
    { kind: SpanKind.PRODUCER },
    context.active(),
  );
  if (!span.isRecording()) return span;
  span.setAttributes({
    ...messageAttributes(toMessage(event, messageIdOf(event)), topic, 'send'),
    'ayna.sync_source': event.data.syncSource,
  });
  return span;
}

/** Takes as many events from the head of the queue as fit one batch, and sends them. */
async function sendSome(sender: ServiceBusSender, topic: string, queue: Waiting[]): Promise<void> {
  const taken: Waiting[] = [];
  try {
    const batch = await sender.createMessageBatch();
    for (let item = queue[0]; item; item = queue[0]) {
      const fits = batch.tryAddMessage(toMessage(item.event, messageIdOf(item.event), item.trace));
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
function addShrunk(batch: ServiceBusMessageBatch, { event, trace, reject }: Waiting): boolean {
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
    if (batch.tryAddMessage(toMessage({ ...event, data }, messageId, trace))) return true;
  }
  reject(
    new AynaError(
      'Oversize',
      `the event of "${event.subject.slice(0, 200)}" has more than the ${batch.maxSizeInBytes} bytes that the broker takes`,
    ),
  );
  return false;
}
