import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { SpanKind, trace, type Context } from '@opentelemetry/api';
import type { AynaError } from '@ayna/contract';
import { aynaTracer, failSpan, Gathered, traceFields, type Logger } from '@ayna/platform';
import { eventIdOf, publishedIn } from '../cloud-event-message.ts';
import { messageAttributes } from '../message-attributes.ts';
import type { Subscription } from './subscription.ts';

/** Azure cuts reason and description at 4,096 characters. */
const MAX_DESCRIPTION_LENGTH = 4_096;

const LOG_EVERY_MS = 1_000;

interface Failure {
  readonly what: string;
  readonly error: unknown;
  readonly message: ServiceBusReceivedMessage;
}

/**
 * Tells the broker what became of messages, and lets go of them. Never rejects: when the lock is
 * lost or the broker is away, the message comes again and ends as a duplicate.
 */
export class Settling {
  readonly #subscription: Subscription;
  readonly #logger: Logger;
  /** When the broker goes away, thousands of settlements may fail: one line says so. */
  readonly #failed: Gathered<Failure>;

  constructor(subscription: Subscription, logger: Logger) {
    this.#subscription = subscription;
    this.#logger = logger;
    this.#failed = new Gathered(LOG_EVERY_MS, ({ what, error, message }, count) => {
      logger.warn(
        { err: error, ...messageFields(message), count },
        `${what} failed${count > 1 ? ` (and ${count - 1} settlements more)` : ''}; what is not settled will be delivered again`,
      );
    });
  }

  /** The work is done. @param within the trace of the message */
  complete(message: ServiceBusReceivedMessage, within?: Context): Promise<void> {
    return this.#settle(
      'completing',
      message,
      within,
      this.#subscription.settle(message, (receiver) => receiver.completeMessage(message)),
    );
  }

  /** The work can never be done, for a reason that a person reads. */
  deadLetter(
    message: ServiceBusReceivedMessage,
    error: AynaError,
    within?: Context,
  ): Promise<void> {
    this.#logger.error(
      { ...messageFields(message), code: error.code, detail: error.message },
      'dead-lettered a message',
    );
    const description = `${error.message} ${error.remedy}`.slice(0, MAX_DESCRIPTION_LENGTH);
    return this.#settle(
      'dead-lettering',
      message,
      within,
      this.#subscription.settle(message, (receiver) =>
        receiver.deadLetterMessage(message, {
          deadLetterReason: error.code,
          deadLetterErrorDescription: description,
        }),
      ),
    );
  }

  /** Somebody else shall do the work, at once. */
  giveBack(message: ServiceBusReceivedMessage, within?: Context): Promise<void> {
    return this.#settle(
      'giving back',
      message,
      within,
      this.#subscription.settle(message, (receiver) => receiver.abandonMessage(message)),
    );
  }

  async #settle(
    what: string,
    message: ServiceBusReceivedMessage,
    within: Context | undefined,
    settled: Promise<void>,
  ): Promise<void> {
    const span = within && this.#startSpan(what, message, within);
    try {
      await settled;
    } catch (error) {
      if (span) failSpan(span, error);
      this.#failed.report({ what, error, message });
    } finally {
      span?.end();
      this.#subscription.release(message);
    }
  }

  #startSpan(what: string, message: ServiceBusReceivedMessage, within: Context) {
    if (trace.getSpan(within)?.isRecording() !== true) return undefined;
    const { topic, subscription } = this.#subscription.place;
    return aynaTracer().startSpan(
      `settle ${topic}`,
      {
        kind: SpanKind.CLIENT,
        attributes: {
          ...messageAttributes(message, topic, 'settle'),
          'messaging.destination.subscription.name': subscription,
          'ayna.settlement': what,
        },
      },
      within,
    );
  }
}

/** How a log line says which event and which trace it is about. */
export function messageFields(
  message: Pick<ServiceBusReceivedMessage, 'messageId' | 'applicationProperties'>,
): Readonly<Record<string, unknown>> {
  return {
    messageId: message.messageId,
    eventId: eventIdOf(message),
    ...traceFields(publishedIn(message)),
  };
}
