import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import type { AynaError } from '@ayna/contract';
import { Gathered, type Logger } from '@ayna/platform';
import type { Subscription } from './subscription.ts';

/** Azure cuts reason and description at 4,096 characters. */
const MAX_DESCRIPTION_LENGTH = 4_096;

const LOG_EVERY_MS = 1_000;

interface Failure {
  readonly what: string;
  readonly error: unknown;
  readonly messageId: ServiceBusReceivedMessage['messageId'];
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
    this.#failed = new Gathered(LOG_EVERY_MS, ({ what, error, messageId }, count) => {
      logger.warn(
        { err: error, messageId, count },
        `${what} failed${count > 1 ? ` (and ${count - 1} settlements more)` : ''}; what is not settled will be delivered again`,
      );
    });
  }

  /** The work is done. */
  complete(message: ServiceBusReceivedMessage): Promise<void> {
    return this.#settle(
      'completing',
      message,
      this.#subscription.settle(message, (receiver) => receiver.completeMessage(message)),
    );
  }

  /** The work can never be done, for a reason that a person reads. */
  deadLetter(message: ServiceBusReceivedMessage, error: AynaError): Promise<void> {
    this.#logger.error(
      { messageId: message.messageId, code: error.code, detail: error.message },
      'dead-lettered a message',
    );
    const description = `${error.message} ${error.remedy}`.slice(0, MAX_DESCRIPTION_LENGTH);
    return this.#settle(
      'dead-lettering',
      message,
      this.#subscription.settle(message, (receiver) =>
        receiver.deadLetterMessage(message, {
          deadLetterReason: error.code,
          deadLetterErrorDescription: description,
        }),
      ),
    );
  }

  /** Somebody else shall do the work, at once. */
  giveBack(message: ServiceBusReceivedMessage): Promise<void> {
    return this.#settle(
      'giving back',
      message,
      this.#subscription.settle(message, (receiver) => receiver.abandonMessage(message)),
    );
  }

  async #settle(
    what: string,
    message: ServiceBusReceivedMessage,
    settled: Promise<void>,
  ): Promise<void> {
    try {
      await settled;
    } catch (error) {
      this.#failed.report({ what, error, messageId: message.messageId });
    } finally {
      this.#subscription.release(message);
    }
  }
}
