import type { DocumentChange, Entity, SyncSource } from '@ayna/contract';
import { connectServiceBus, type ServiceBusPlace } from '@ayna/service-bus';
import { buildEvent } from './event-builder.ts';
import { createPublisher } from './publisher.ts';

/** Publishes the changes of a tool, over a connection of its own. */
export interface ChangePublisher extends AsyncDisposable {
  /** Resolves once the broker has the event of a change; rejects as `Publisher.publish` does. */
  publish(change: DocumentChange): Promise<void>;
}

/**
 * Opens the way to the topic for a tool that publishes on its own, such as a repair. It connects
 * with the first change.
 *
 * @example
 * await using publisher = openChangePublisher(serviceBusOf(config), entities, 'repair');
 * await publisher.publish(change);
 */
export function openChangePublisher(
  { endpoint, topic }: ServiceBusPlace,
  entities: readonly Entity[],
  syncSource: SyncSource,
): ChangePublisher {
  const client = connectServiceBus(endpoint);
  const publisher = createPublisher(client, topic);
  return {
    publish: (change) => publisher.publish(buildEvent(entities, change, syncSource)),
    async [Symbol.asyncDispose]() {
      await publisher.close();
      await client.close();
    },
  };
}
