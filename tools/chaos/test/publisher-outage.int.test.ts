import { SourceVersion, entities } from '@ayna/contract';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { buildEvent, createPublisher } from '@ayna/publisher';
import { connectAdministration, connectServiceBus } from '@ayna/service-bus';
import { expect, test } from 'vitest';
import { openTcpProxy } from '../src/network/tcp-proxy.ts';

const event = (id: string) =>
  buildEvent(entities, {
    path: `conversations/${id}`,
    before: undefined,
    after: { fields: { ownerId: id }, version: SourceVersion.fromMicros(1n) },
    originId: id,
    source: '//firestore.googleapis.com/projects/chaos/databases/(default)',
  });

/** Shorter than the minute that the SDK would wait for an answer that can no longer come. */
const LIMIT_MS = 40_000;

test(
  'an event whose answer was lost with its connection is published again, long before a function times out',
  { timeout: LIMIT_MS },
  async () => {
    await using broker = await startServiceBusEmulator({
      topology: { topics: { events: { subscriptions: { reader: {} } } } },
    });
    await using proxy = await openTcpProxy({ host: '127.0.0.1', port: broker.port });
    const client = connectServiceBus({
      kind: 'connectionString',
      connectionString: broker.connectionString.replace(`:${broker.port}`, `:${proxy.port}`),
    });
    const { connectionString } = broker;
    const administration = connectAdministration({ kind: 'connectionString', connectionString });
    const arrived = async () =>
      (await administration.getSubscriptionRuntimeProperties('events', 'reader'))
        .activeMessageCount;
    const publisher = createPublisher(client, 'events');
    await publisher.publish(event('first'));
    proxy.stall('toClient');
    const published = publisher.publish(event('second'));
    await expect.poll(arrived).toBe(2);
    proxy.reset();
    proxy.heal();
    await expect(published).resolves.toBeUndefined();
    await publisher.close();
    await client.close();
  },
);
