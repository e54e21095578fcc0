import { BrokerError } from './broker-error.ts';
import type { Queue, Subscription } from './receiving-entity.ts';
import type { Topic } from './topic.ts';

/**
 * Throws `quota-exceeded` when an entity holds as much as it may. A topic holds what its fullest
 * subscription does, since the bytes of a message are shared.
 */
export function assertRoom(entity: Queue | Topic): void {
  const heldBytes =
    entity.kind === 'queue'
      ? sizeBytesOf(entity)
      : [...entity.subscriptions.values()].reduce(
          (fullest, subscription) => Math.max(fullest, sizeBytesOf(subscription.entity)),
          entity.store.sizeBytes,
        );
  if (heldBytes < entity.description.maxSizeInMegabytes * 1_048_576) return;
  throw new BrokerError(
    'quota-exceeded',
    `The maximum entity size has been reached or exceeded for '${entity.path}'.`,
  );
}

function sizeBytesOf({ store, deadLetters, transferDeadLetters }: Queue | Subscription): number {
  return store.sizeBytes + deadLetters.sizeBytes + transferDeadLetters.sizeBytes;
}
