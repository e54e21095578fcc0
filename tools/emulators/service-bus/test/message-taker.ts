import type { Consumer } from '../src/broker/consumer.ts';
import type { Lock, MessageContent } from '../src/broker/message.ts';

/** A message for the broker, which knows nothing of its encoding: its bytes are its id. */
export function message(id: string, settings: Partial<MessageContent> = {}): MessageContent {
  return {
    bytes: Buffer.from(id),
    messageId: id,
    sessionId: undefined,
    timeToLiveMs: undefined,
    scheduledForMs: undefined,
    systemProperty: () => undefined,
    applicationProperties: () => new Map(),
    ...settings,
  };
}

/** A receiver that takes what it gets, up to a number, and remembers it. */
export function taker(
  capacity = Infinity,
): Consumer & { readonly locks: Lock[]; readonly ids: string[] } {
  const locks: Lock[] = [];
  const ids: string[] = [];
  return {
    locks,
    ids,
    mode: 'peek-lock',
    capacity: () => capacity - ids.length,
    deliver(entry, lock) {
      ids.push(entry.content.messageId);
      if (lock) locks.push(lock);
    },
    dismiss: () => undefined,
  };
}
