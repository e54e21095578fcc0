import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { SpanKind, trace, type Context, type Span } from '@opentelemetry/api';
import type { AynaError } from '@ayna/contract';
import { aynaTracer, contextOf, failSpan } from '@ayna/platform';
import { publishedIn } from '../cloud-event-message.ts';
import { replayedFrom } from '../dead-letters/replay-trace.ts';
import { messageAttributes } from '../message-attributes.ts';
import type { ConnectionTarget } from './connection.ts';

/**
 * The span of one message, from its receipt until it is settled: a child of the span that published
 * it, whichever batch it is written in, and however often it is delivered.
 */
export class MessageTrace {
  /** What is done for the message is a child of this. */
  readonly context: Context;
  readonly #span: Span;

  constructor(
    message: ServiceBusReceivedMessage,
    { topic, subscription }: Pick<ConnectionTarget, 'topic' | 'subscription'>,
  ) {
    const parent = contextOf(publishedIn(message));
    const replayed = replayedFrom(message);
    this.#span = aynaTracer().startSpan(
      `process ${topic}`,
      { kind: SpanKind.CONSUMER, ...(replayed && { links: [{ context: replayed }] }) },
      parent,
    );
    if (this.#span.isRecording()) {
      this.#span.setAttributes({
        ...messageAttributes(message, topic, 'process'),
        'messaging.destination.subscription.name': subscription,
      });
    }
    this.context = trace.setSpan(parent, this.#span);
  }

  /** What became of it, such as `applied`. */
  decided(outcome: string): void {
    this.#span.setAttribute('ayna.outcome', outcome);
  }

  rejected(error: AynaError): void {
    this.#span.setAttribute('ayna.outcome', 'dead_lettered');
    failSpan(this.#span, error);
  }

  /** It waits for something that has no span of its own. */
  waits(code: string): void {
    this.#span.addEvent('waiting', { 'error.type': code });
  }

  /** The message is settled. */
  end(): void {
    this.#span.end();
  }
}
