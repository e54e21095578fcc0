import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceBusReceiver } from '@azure/service-bus';
import type { SubscriptionQueue } from '../world/subscription-queue.ts';
import { FUZZ_ID } from './draft.ts';
import type { DeadLettering } from './expectations.ts';

/** Empties the dead-letter queue while it fills. */
export interface DeadLetterCollector {
  /** By the id that the run gave to the message. */
  readonly found: ReadonlyMap<number, DeadLettering>;
  /** Dead letters beyond one for each message, or of messages that nobody sent. */
  readonly surplus: readonly string[];
  /** Resolves when the queue is empty, and ends the collecting. */
  finish(): Promise<void>;
}

const BATCH = 500;
const WAIT_MS = 500;

export function collectDeadLetters(queue: SubscriptionQueue): DeadLetterCollector {
  const found = new Map<number, DeadLettering>();
  const surplus: string[] = [];
  const receiver: ServiceBusReceiver = queue.client.createReceiver(
    queue.topic,
    queue.subscription,
    { subQueueType: 'deadLetter', receiveMode: 'receiveAndDelete' },
  );
  let finishing = false;
  const collect = async () => {
    for (;;) {
      const messages = await receiver.receiveMessages(BATCH, { maxWaitTimeInMs: WAIT_MS });
      for (const message of messages) {
        const id = message.applicationProperties?.[FUZZ_ID];
        const reason = message.deadLetterReason ?? '';
        const description = message.deadLetterErrorDescription ?? '';
        if (typeof id !== 'number' || found.has(id)) surplus.push(`${String(id)}: ${reason}`);
        else found.set(id, { reason, description });
      }
      if (finishing && messages.length === 0 && (await queue.deadLettered()) === 0) return;
      if (messages.length === 0) await delay(10);
    }
  };
  const collecting = collect();
  collecting.catch(() => undefined);
  return {
    found,
    surplus,
    finish: async () => {
      finishing = true;
      await collecting;
      await receiver.close();
    },
  };
}
