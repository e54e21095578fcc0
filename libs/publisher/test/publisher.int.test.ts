import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { entities, SourceVersion, type DocumentChange } from '@ayna/contract';
import { startServiceBusEmulator, type ServiceBusEmulator } from '@ayna/emulator-service-bus';
import {
  connectAdministration,
  connectServiceBus,
  fromMessage,
  mirrorTopology,
  provisionTopology,
} from '@ayna/service-bus';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildEvent, createPublisher } from '../src/index.ts';

let broker: ServiceBusEmulator;
beforeAll(async () => {
  broker = await startServiceBusEmulator({ port: 0 });
});
afterAll(() => broker.close());

let topics = 0;
async function openTopic() {
  const endpoint = { kind: 'connectionString', connectionString: broker.connectionString } as const;
  const topology = mirrorTopology(`publisher-${(topics += 1)}`);
  await provisionTopology(connectAdministration(endpoint), topology);
  const client = connectServiceBus(endpoint, 0);
  const publisher = createPublisher(client, topology.topic);
  const receiver = client.createReceiver(topology.topic, 'sql-writer', {
    receiveMode: 'receiveAndDelete',
  });
  return {
    client,
    publisher,
    async receive(count: number): Promise<ServiceBusReceivedMessage[]> {
      const messages: ServiceBusReceivedMessage[] = [];
      while (messages.length < count) {
        const more = await receiver.receiveMessages(count - messages.length, {
          maxWaitTimeInMs: 2_000,
        });
        if (more.length === 0) break;
        messages.push(...more);
      }
      return messages;
    },
    peek: () => receiver.peekMessages(10),
  };
}

function eventOf(id: string, body: string, previous?: string) {
  return buildEvent(entities, changeOf(id, body, previous));
}

function changeOf(id: string, body: string, previous?: string): DocumentChange {
  return {
    path: `conversations/c/messages/${id}`,
    before:
      previous === undefined
        ? undefined
        : { fields: { body: previous }, version: SourceVersion.fromMicros(1n) },
    after: { fields: { body }, version: SourceVersion.fromMicros(2n) },
    originId: id,
    source: '//test',
  };
}

describe('a publisher', () => {
  test('delivers every event of a burst, each as it was built', async () => {
    const topic = await openTopic();
    const events = Array.from({ length: 500 }, (_, index) =>
      eventOf(`m${index}`, `metin ${index} 😀 שלום`),
    );
    await Promise.all(events.map((event) => topic.publisher.publish(event)));
    const received = (await topic.receive(500)).map(
      (message) => fromMessage(entities, message).event,
    );
    expect(received.map(({ id }) => id).sort()).toEqual(events.map(({ id }) => id).sort());
    expect(received.find(({ id }) => id === events[7]?.id)).toEqual(events[7]);
    await topic.client.close();
  });

  test('publishes a change once, however often its trigger is delivered', async () => {
    const topic = await openTopic();
    await topic.publisher.publish(eventOf('m', 'bir'));
    await topic.publisher.publish(eventOf('m', 'bir'));
    await topic.publisher.publish(eventOf('last', 'son'));
    const received = await topic.receive(2);
    expect(received.map(({ body }) => (body as { messageId: string }).messageId)).toEqual([
      'm',
      'last',
    ]);
    expect(await topic.peek()).toEqual([]);
    await topic.client.close();
  });

  test('publishes the documents of a backfill once a run, although a trigger or another run has said the same', async () => {
    const topic = await openTopic();
    const backfilled = (run: string) =>
      buildEvent(entities, { ...changeOf('m', 'bir'), originId: run }, 'backfill');
    const events = [
      eventOf('m', 'bir'),
      backfilled('first'),
      backfilled('first'),
      backfilled('second'),
      eventOf('last', 'son'),
    ];
    for (const event of events) await topic.publisher.publish(event);
    const received = await topic.receive(4);
    expect(received.map((message) => fromMessage(entities, message).event.id)).toEqual(
      [events[0], events[1], events[3], events[4]].map((event) => event?.id),
    );
    expect(await topic.peek()).toEqual([]);
    await topic.client.close();
  });

  test('drops the previous document when both do not fit', async () => {
    const topic = await openTopic();
    const text = 'x'.repeat(150_000);
    await topic.publisher.publish(eventOf('large', text, text));
    const [message] = await topic.receive(1);
    expect(message && fromMessage(entities, message).event.data).toMatchObject({
      document: JSON.stringify({ body: text }),
      previousDocument: null,
      claimCheck: false,
    });
    await topic.client.close();
  });

  test('sends a claim check when the document alone does not fit, and the events around it whole', async () => {
    const topic = await openTopic();
    await Promise.all([
      topic.publisher.publish(eventOf('a', 'small')),
      topic.publisher.publish(eventOf('b', 'ğ'.repeat(500_000))),
      topic.publisher.publish(eventOf('c', 'small')),
    ]);
    const byId = new Map(
      (await topic.receive(3)).map((message) => {
        const { event } = fromMessage(entities, message);
        return [event.data.key.messageId, event.data];
      }),
    );
    expect(byId.get('b')).toMatchObject({ document: null, claimCheck: true });
    expect(byId.get('a')).toMatchObject({ claimCheck: false });
    expect(byId.get('c')).toMatchObject({ claimCheck: false });
    await topic.client.close();
  });

  test('rejects with a registry error when the broker refuses, so that the trigger is retried', async () => {
    const client = connectServiceBus(
      { kind: 'connectionString', connectionString: broker.connectionString },
      0,
    );
    const publisher = createPublisher(client, 'no-such-topic');
    await expect(publisher.publish(eventOf('m', 'x'))).rejects.toMatchObject({
      code: 'BrokerRejected',
    });
    await client.close();
  });
});
