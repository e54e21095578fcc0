import { setTimeout as delay } from 'node:timers/promises';
import { isServiceBusError, type ServiceBusReceiver } from '@azure/service-bus';
import { LETTER_RECEIVER, readDeadLetter, type DeadLetter } from './dead-letter.ts';
import type { LetterPlace } from './peek-letters.ts';

/** A dead letter that is locked for us. */
export interface LetterInHand {
  readonly letter: DeadLetter;
  readonly receiver: ServiceBusReceiver;
}

/** The dead letters that a pass has locked, and the receivers that they came through. */
export interface LettersInHand {
  /** Locks up to `max` letters that nobody has; waits up to `waitMs` for the first. */
  take(max: number, waitMs: number): Promise<LetterInHand[]>;
  /** Takes letters out of the queue for good. Resolves with those whose lock still held. */
  complete(letters: readonly LetterInHand[]): Promise<LetterInHand[]>;
  /** Gives back what is still locked, unchanged, and closes the receivers. Never rejects. */
  release(): Promise<void>;
}

/**
 * A receiver of the client stands still once 2,048 deliveries have come after the oldest one that
 * is not settled; another one takes over before that.
 */
const LETTERS_PER_RECEIVER = 2_000;

/** Locks are looked after this often, and renewed when half of their time is over. */
const LOOK_EVERY_MS = 500;
const SHORTEST_LOCK_MS = 2_000;
const LONGEST_LOCK_MS = 300_000;
const RENEWALS_AT_ONCE = 64;
const SETTLEMENTS_AT_ONCE = 500;
/** The client waits a minute for the answer to a settlement, also when the broker is long gone. */
const SETTLEMENT_DEADLINE_MS = 10_000;

interface Held extends LetterInHand {
  renewAtMs: number;
}

/** Starts with nothing in hand. Locks are renewed until a letter is completed or released. */
export function lettersInHand({ client, topic, subscription }: LetterPlace): LettersInHand {
  const held = new Map<bigint, Held>();
  const receivers: ServiceBusReceiver[] = [];
  let current: ServiceBusReceiver | undefined;
  let takenByCurrent = 0;

  const roomy = (): ServiceBusReceiver => {
    if (takenByCurrent >= LETTERS_PER_RECEIVER) {
      const holds = [...held.values()].some(({ receiver }) => receiver === current);
      if (holds) current = undefined;
      takenByCurrent = 0;
    }
    if (!current) {
      current = client.createReceiver(topic, subscription, LETTER_RECEIVER);
      receivers.push(current);
    }
    return current;
  };

  const renewal = setInterval(() => void renewDue(), LOOK_EVERY_MS);
  let renewing = false;
  const renewDue = async () => {
    if (renewing) return;
    renewing = true;
    const due = [...held.values()].filter(({ renewAtMs }) => renewAtMs <= Date.now());
    await inParts(due, RENEWALS_AT_ONCE, async (one) => {
      const number = one.letter.sequenceNumber;
      if (held.get(number) !== one) return;
      try {
        const until = await one.receiver.renewMessageLock(one.letter.message);
        one.renewAtMs = renewalTime(until);
      } catch {
        // The lock is lost: the letter is somebody else's, or it comes again.
        if (held.get(number) === one) held.delete(number);
      }
    });
    renewing = false;
  };

  return {
    take: async (max, waitMs) => {
      const receiver = roomy();
      const messages = await receiver.receiveMessages(
        Math.min(max, LETTERS_PER_RECEIVER - takenByCurrent),
        { maxWaitTimeInMs: waitMs },
      );
      takenByCurrent += messages.length;
      return messages.map((message) => {
        const letter = readDeadLetter(message);
        const one = { letter, receiver, renewAtMs: renewalTime(message.lockedUntilUtc) };
        held.set(letter.sequenceNumber, one);
        return one;
      });
    },
    complete: async (letters) => {
      const completed: LetterInHand[] = [];
      await inParts(letters, SETTLEMENTS_AT_ONCE, async (one) => {
        held.delete(one.letter.sequenceNumber);
        try {
          await inTime(one.receiver.completeMessage(one.letter.message));
          completed.push(one);
        } catch (error) {
          if (!isServiceBusError(error) || error.code !== 'MessageLockLost') throw error;
        }
      });
      return completed;
    },
    release: async () => {
      clearInterval(renewal);
      const rest = [...held.values()];
      held.clear();
      let reachable = true;
      await inParts(rest, SETTLEMENTS_AT_ONCE, async ({ receiver, letter }) => {
        // What cannot be given back now comes back when its lock runs out.
        if (!reachable) return;
        await inTime(receiver.abandonMessage(letter.message)).catch((error: unknown) => {
          reachable &&= isServiceBusError(error) && error.code === 'MessageLockLost';
        });
      });
      for (const receiver of receivers) await receiver.close().catch(() => undefined);
    },
  };
}

/** Half-way to the end of a lock. The broker's clock may differ from ours: the bounds see to that. */
function renewalTime(until: Date | undefined): number {
  const leftMs = (until?.getTime() ?? 0) - Date.now();
  return Date.now() + Math.min(Math.max(leftMs, SHORTEST_LOCK_MS), LONGEST_LOCK_MS) / 2;
}

/** Rejects when a settlement is not answered: it may or may not have taken effect. */
async function inTime(settlement: Promise<void>): Promise<void> {
  const deadline = new AbortController();
  const late = delay(SETTLEMENT_DEADLINE_MS, undefined, { signal: deadline.signal }).then(() => {
    throw new Error('the broker does not answer');
  });
  try {
    await Promise.race([settlement, late]);
  } finally {
    deadline.abort();
  }
}

async function inParts<T>(
  items: readonly T[],
  size: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < items.length; start += size) {
    await Promise.all(items.slice(start, start + size).map(work));
  }
}
