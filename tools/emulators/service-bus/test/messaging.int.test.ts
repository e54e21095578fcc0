import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServiceBusEmulator, type ServiceBusEmulator } from '../src/index.ts';

let emulator: ServiceBusEmulator;
let client: ServiceBusClient;
beforeAll(async () => {
  emulator = await startServiceBusEmulator({
    topology: {
      queues: { orders: {} },
      topics: { mirror: { subscriptions: { writer: {}, audit: {} } } },
    },
  });
  client = new ServiceBusClient(emulator.connectionString);
});
afterAll(async () => {
  await client.close();
  await emulator.close();
});

test('a message sent to a topic reaches every subscription once', async () => {
  const sender = client.createSender('mirror');
  await sender.sendMessages({ body: { n: 1 }, messageId: 'a' });
  await sender.sendMessages([{ body: { n: 2 } }, { body: { n: 3 } }]);
  for (const name of ['writer', 'audit']) {
    const receiver = client.createReceiver('mirror', name);
    const messages = await receiver.receiveMessages(3, { maxWaitTimeInMs: 1000 });
    expect(messages.map((message): unknown => message.body)).toEqual([
      { n: 1 },
      { n: 2 },
      { n: 3 },
    ]);
    for (const message of messages) await receiver.completeMessage(message);
    expect(await receiver.peekMessages(1)).toEqual([]);
    await receiver.close();
  }
});

test('an abandoned message comes again with a higher delivery count, a dead-lettered one with its reason', async () => {
  const sender = client.createSender('orders');
  await sender.sendMessages({ body: 'x' });
  const receiver = client.createReceiver('orders');
  const [first] = await receiver.receiveMessages(1);
  expect(first?.deliveryCount).toBe(0);
  if (first) await receiver.abandonMessage(first, { why: 'later' });
  const [second] = await receiver.receiveMessages(1);
  expect(second?.deliveryCount).toBe(1);
  expect(second?.applicationProperties).toEqual({ why: 'later' });
  if (second) {
    await receiver.deadLetterMessage(second, {
      deadLetterReason: 'bad',
      deadLetterErrorDescription: 'very bad',
    });
  }
  const dead = client.createReceiver('orders', { subQueueType: 'deadLetter' });
  const [buried] = await dead.receiveMessages(1);
  expect(buried).toMatchObject({ deadLetterReason: 'bad', deadLetterErrorDescription: 'very bad' });
  if (buried) await dead.completeMessage(buried);
});

test('subscribe() hands each message to the handler and completes it', async () => {
  const sender = client.createSender('orders');
  const receiver = client.createReceiver('orders');
  const seen: unknown[] = [];
  const done = Promise.withResolvers<undefined>();
  receiver.subscribe(
    {
      processMessage: (message) => {
        seen.push(message.body);
        if (seen.length === 50) done.resolve(undefined);
        return Promise.resolve();
      },
      processError: ({ error }) => {
        done.reject(error);
        return Promise.resolve();
      },
    },
    { maxConcurrentCalls: 5 },
  );
  await sender.sendMessages(Array.from({ length: 50 }, (_, n) => ({ body: n })));
  await done.promise;
  expect(new Set(seen).size).toBe(50);
  await receiver.close();
});
