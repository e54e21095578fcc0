import type { PeekMessagesOptions, ServiceBusClient } from '@azure/service-bus';
import Long from 'long';
import { brokerFailure } from '../broker-failure.ts';
import { LETTER_RECEIVER, readDeadLetter, type DeadLetter } from './dead-letter.ts';

/** Where dead letters are. */
export interface LetterPlace {
  readonly client: ServiceBusClient;
  readonly topic: string;
  readonly subscription: string;
}

/** As many as Azure hands out at once. */
const PEEK_PAGE = 250;

/**
 * Reads dead letters in the order of their numbers, a page at a time, and changes and locks
 * nothing. Letters that somebody has locked are among them.
 *
 * Throws AynaError `BrokerUnavailable` or `BrokerRejected`.
 */
export async function* peekLetters(
  { client, topic, subscription }: LetterPlace,
  from = 0n,
): AsyncGenerator<DeadLetter> {
  const receiver = client.createReceiver(topic, subscription, LETTER_RECEIVER);
  try {
    for (let next = from; ;) {
      // The number is given each time: what the client remembers, it shares with other receivers.
      const page = await receiver.peekMessages(PEEK_PAGE, {
        fromSequenceNumber: longOf(next),
      });
      for (const message of page) {
        const letter = readDeadLetter(message);
        next = letter.sequenceNumber + 1n;
        yield letter;
      }
      if (page.length === 0) return;
    }
  } catch (error) {
    throw brokerFailure(error, `the dead letters of "${topic}/${subscription}" cannot be read`);
  } finally {
    await receiver.close();
  }
}

/** The same class to Node, another one to the types: the client's are of another module system. */
function longOf(number: bigint): NonNullable<PeekMessagesOptions['fromSequenceNumber']> {
  const long: unknown = Long.fromString(number.toString());
  return long as NonNullable<PeekMessagesOptions['fromSequenceNumber']>;
}
