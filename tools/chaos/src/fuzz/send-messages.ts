import {
  isServiceBusError,
  type ServiceBusMessageBatch,
  type ServiceBusSender,
} from '@azure/service-bus';
import { toSendable } from './draft.ts';
import type { PlannedMessage } from './plan-messages.ts';

/** What became of the messages on their way to the broker. */
export interface SentMessages {
  readonly sent: number;
  /** Larger than the broker takes. */
  readonly oversized: number;
  /** Not even the client could put them on the wire; by what it said. */
  readonly unsendable: Readonly<Record<string, number>>;
}

/**
 * Sends messages in batches, those that do not fit one alone.
 *
 * @param onSent told of each message that the broker has taken or is going to take
 */
export async function sendMessages(
  sender: ServiceBusSender,
  messages: Iterable<PlannedMessage>,
  onSent: (message: PlannedMessage) => void,
): Promise<SentMessages> {
  let sent = 0;
  let oversized = 0;
  const unsendable: Record<string, number> = {};
  const addTo = (batch: ServiceBusMessageBatch, message: PlannedMessage): boolean | undefined => {
    try {
      return batch.tryAddMessage(toSendable(message.draft));
    } catch (error) {
      const says = (error instanceof Error ? error.message : String(error)).slice(0, 120);
      unsendable[says] = (unsendable[says] ?? 0) + 1;
      return undefined;
    }
  };
  let batch = await sender.createMessageBatch();
  const flush = async () => {
    if (batch.count > 0) await sender.sendMessages(batch);
    batch = await sender.createMessageBatch();
  };
  for (const message of messages) {
    let added = addTo(batch, message);
    if (added === false && batch.count > 0) {
      await flush();
      added = addTo(batch, message);
    }
    if (added === undefined) continue;
    if (!added && !(await isTakenAlone(sender, message))) {
      oversized += 1;
      continue;
    }
    sent += 1;
    onSent(message);
  }
  await flush();
  return { sent, oversized, unsendable };
}

/** Sends what fits no batch, whose envelope has a size of its own; false when it is too large. */
async function isTakenAlone(sender: ServiceBusSender, { draft }: PlannedMessage): Promise<boolean> {
  try {
    await sender.sendMessages(toSendable(draft));
    return true;
  } catch (error) {
    if (isServiceBusError(error) && error.code === 'MessageSizeExceeded') return false;
    throw error;
  }
}
