import { ServiceBusClient, ServiceBusAdministrationClient } from '@azure/service-bus';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServiceBusEmulator, type ServiceBusEmulator } from '../src/index.ts';

let emulator: ServiceBusEmulator;
let client: ServiceBusClient;
let admin: ServiceBusAdministrationClient;
beforeAll(async () => {
  emulator = await startServiceBusEmulator({
    topology: {
      queues: {
        renew: { lockDurationMs: 400 },
        expire: { lockDurationMs: 200, maxDeliveryCount: 2 },
        backup: {},
        aside: {},
        schedule: {},
        ttl: { deadLetteringOnMessageExpiration: true },
        unique: { requiresDuplicateDetection: true },
        large: {},
        larger: { maxMessageSizeInKilobytes: 1024 },
        drain: {},
        off: { status: 'Disabled' },
        going: {},
        target: {},
        relay: { forwardTo: 'target' },
        buried: { forwardDeadLetteredMessagesTo: 'target' },
      },
    },
  });
  client = new ServiceBusClient(emulator.connectionString, {
    retryOptions: { maxRetries: 0, timeoutInMs: 5000 },
  });
  admin = new ServiceBusAdministrationClient(emulator.connectionString, {
    tlsOptions: { ca: emulator.certificate },
  });
});
afterAll(async () => {
  await client.close();
  await emulator.close();
});

test('a lock that is renewed holds, and one that ends gives the message to the next receiver', async () => {
  await client.createSender('renew').sendMessages({ body: 'x' });
  const receiver = client.createReceiver('renew', { maxAutoLockRenewalDurationInMs: 0 });
  const [message] = await receiver.receiveMessages(1);
  if (!message) throw new Error('no message');
  const until = message.lockedUntilUtc?.getTime() ?? 0;
  const renewed = await receiver.renewMessageLock(message);
  expect(renewed.getTime()).toBeGreaterThan(until);
  const [again] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 3000 });
  expect(again?.deliveryCount).toBe(1);
  await expect(receiver.completeMessage(message)).rejects.toMatchObject({
    code: 'MessageLockLost',
  });
  await expect(receiver.renewMessageLock(message)).rejects.toMatchObject({
    code: 'MessageLockLost',
  });
  if (again) await receiver.completeMessage(again);
});

test('a message that is delivered too often goes to the dead letters', async () => {
  await client.createSender('expire').sendMessages({ body: 'x' });
  const receiver = client.createReceiver('expire', { maxAutoLockRenewalDurationInMs: 0 });
  for (let tries = 0; tries < 2; tries += 1) await receiver.receiveMessages(1);
  const dead = client.createReceiver('expire', { subQueueType: 'deadLetter' });
  const [message] = await dead.receiveMessages(1, { maxWaitTimeInMs: 3000 });
  expect(message).toMatchObject({ deadLetterReason: 'MaxDeliveryCountExceeded', deliveryCount: 2 });
});

test('a message is settled over the management link when its own link is gone', async () => {
  const sender = client.createSender('backup');
  await sender.sendMessages(['complete', 'abandon', 'defer', 'bury'].map((body) => ({ body })));
  const receiver = client.createReceiver('backup');
  const messages = await receiver.receiveMessages(4);
  await receiver.close();
  const next = client.createReceiver('backup');
  for (const message of messages) {
    if (message.body === 'complete') await next.completeMessage(message);
    if (message.body === 'abandon') await next.abandonMessage(message, { a: 1 });
    if (message.body === 'defer') await next.deferMessage(message);
    if (message.body === 'bury') {
      const why = { deadLetterReason: 'r', deadLetterErrorDescription: 'd', own: 1 };
      await next.deadLetterMessage(message, why);
    }
  }
  const left = await next.receiveMessages(4, { maxWaitTimeInMs: 300 });
  expect(left).toMatchObject([{ body: 'abandon', applicationProperties: { a: 1 } }]);
  const deferred = messages.find((message) => message.body === 'defer')?.sequenceNumber;
  expect(await next.receiveDeferredMessages(deferred ?? [])).toMatchObject([{ body: 'defer' }]);
  const dead = client.createReceiver('backup', { subQueueType: 'deadLetter' });
  expect(await dead.receiveMessages(1)).toMatchObject([
    { deadLetterReason: 'r', deadLetterErrorDescription: 'd', applicationProperties: { own: 1 } },
  ]);
});

test('a deferred message is fetched by its number, and by nothing else', async () => {
  await client.createSender('aside').sendMessages({ body: 'x' });
  const receiver = client.createReceiver('aside');
  const [message] = await receiver.receiveMessages(1);
  if (message) await receiver.deferMessage(message, { later: true });
  expect(await receiver.receiveMessages(1, { maxWaitTimeInMs: 200 })).toEqual([]);
  expect(await receiver.peekMessages(1)).toMatchObject([{ state: 'deferred' }]);
  const number = message?.sequenceNumber ?? [];
  const [fetched] = await receiver.receiveDeferredMessages(number);
  expect(fetched).toMatchObject({ deliveryCount: 1, applicationProperties: { later: true } });
  if (fetched) await receiver.abandonMessage(fetched);
  const [again] = await receiver.receiveDeferredMessages(number);
  if (again) await receiver.completeMessage(again);
  await expect(receiver.receiveDeferredMessages(number)).rejects.toMatchObject({
    code: 'MessageNotFound',
  });
});

test('a scheduled message waits for its time, can be peeked meanwhile, and be cancelled', async () => {
  const sender = client.createSender('schedule');
  const soon = new Date(Date.now() + 500);
  const numbers = await sender.scheduleMessages([{ body: 1 }, { body: 2 }], soon);
  await sender.sendMessages({ body: 3, scheduledEnqueueTimeUtc: soon });
  const receiver = client.createReceiver('schedule');
  expect(await receiver.peekMessages(5)).toMatchObject([
    { state: 'scheduled' },
    { state: 'scheduled' },
    { state: 'scheduled' },
  ]);
  await sender.cancelScheduledMessages(numbers[0] ?? []);
  const found: unknown[] = [];
  while (found.length < 2) {
    for (const message of await receiver.receiveMessages(2, { maxWaitTimeInMs: 3000 })) {
      expect(message.enqueuedTimeUtc?.getTime()).toBeGreaterThanOrEqual(soon.getTime());
      found.push(message.body);
      await receiver.completeMessage(message);
    }
  }
  expect(found).toEqual([2, 3]);
  await expect(sender.cancelScheduledMessages(numbers[0] ?? [])).rejects.toMatchObject({
    code: 'MessageNotFound',
  });
});

test('an expired message goes to the dead letters where the queue says so', async () => {
  await client.createSender('ttl').sendMessages({ body: 'x', timeToLive: 50 });
  const dead = client.createReceiver('ttl', { subQueueType: 'deadLetter' });
  const [message] = await dead.receiveMessages(1, { maxWaitTimeInMs: 3000 });
  expect(message).toMatchObject({ body: 'x', deadLetterReason: 'TTLExpiredException' });
});

test('a receiver is shown the shorter of the time to live of the message and of its queue', async () => {
  await admin.createQueue('lifetime', { defaultMessageTimeToLive: 'PT1H' });
  const sender = client.createSender('lifetime');
  await sender.sendMessages([{ body: 'own', timeToLive: 60_000 }, { body: 'default' }]);
  const messages = await client.createReceiver('lifetime').receiveMessages(2);
  expect(messages.map(({ timeToLive }) => timeToLive)).toEqual([60_000, 3_600_000]);
});

test('a message id is taken once within the window', async () => {
  const sender = client.createSender('unique');
  for (let n = 0; n < 3; n += 1) await sender.sendMessages({ body: n, messageId: 'same' });
  await sender.sendMessages([
    { body: 4, messageId: 'same' },
    { body: 5, messageId: 'other' },
  ]);
  const messages = await client.createReceiver('unique').peekMessages(10);
  expect(messages.map((message): unknown => message.body)).toEqual([0, 5]);
});

test('a message that is too large is refused', async () => {
  const sender = client.createSender('large');
  await expect(sender.sendMessages({ body: 'x'.repeat(300_000) })).rejects.toMatchObject({
    code: 'MessageSizeExceeded',
  });
  await sender.sendMessages({ body: 'x'.repeat(200_000) });
  const [message] = await client.createReceiver('large').receiveMessages(1);
  expect(message?.body).toHaveLength(200_000);
});

test('an entity may take larger messages than the others', async () => {
  const body = Buffer.alloc(900_000, 7);
  await client.createSender('larger').sendMessages({ body });
  const receiver = client.createReceiver('larger', { receiveMode: 'receiveAndDelete' });
  const [message] = await receiver.receiveMessages(1);
  expect(body.equals(message?.body as Buffer)).toBe(true);
  await receiver.close();
});

test('a message that is too large cannot be scheduled either', async () => {
  const later = new Date(Date.now() + 60_000);
  await expect(
    client.createSender('large').scheduleMessages({ body: Buffer.alloc(300_000) }, later),
  ).rejects.toMatchObject({ code: 'MessageSizeExceeded' });
});

test('requests about what does not exist are answered at once', async () => {
  const missing = { code: 'MessagingEntityNotFound' };
  await expect(client.createReceiver('nowhere').peekMessages(1)).rejects.toMatchObject(missing);
  await expect(
    client.createSender('nowhere').scheduleMessages({ body: 1 }, new Date()),
  ).rejects.toMatchObject(missing);
});

test('what is not found is named by its URL', async () => {
  const receiver = client.createReceiver('nowhere', 'nobody');
  await expect(receiver.receiveMessages(1)).rejects.toMatchObject({
    code: 'MessagingEntityNotFound',
    message: expect.stringContaining(
      `'sb://${client.fullyQualifiedNamespace}/nowhere/Subscriptions/nobody' could not be found.`,
    ) as string,
  });
});

test('a receiver gets back the credit that no message used, at once', async () => {
  const sender = client.createSender('drain');
  const receiver = client.createReceiver('drain');
  for (let round = 0; round < 5; round += 1) {
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    const started = performance.now();
    const messages = await receiver.receiveMessages(10, { maxWaitTimeInMs: 100 });
    expect(messages).toHaveLength(2);
    for (const message of messages) await receiver.completeMessage(message);
    expect(performance.now() - started).toBeLessThan(250);
  }
});

test('what does not exist, is disabled or is removed says so', async () => {
  await expect(client.createSender('nowhere').sendMessages({ body: 1 })).rejects.toMatchObject({
    code: 'MessagingEntityNotFound',
  });
  await expect(client.createReceiver('nowhere').receiveMessages(1)).rejects.toMatchObject({
    code: 'MessagingEntityNotFound',
  });
  await expect(client.createSender('off').sendMessages({ body: 1 })).rejects.toMatchObject({
    code: 'MessagingEntityDisabled',
  });
  await expect(client.createReceiver('off').receiveMessages(1)).rejects.toMatchObject({
    code: 'MessagingEntityDisabled',
  });
  const errors: unknown[] = [];
  const receiver = client.createReceiver('going');
  receiver.subscribe({
    processMessage: () => Promise.resolve(),
    processError: ({ error }) => {
      errors.push(error);
      return Promise.resolve();
    },
  });
  await client.createSender('going').sendMessages({ body: 1 });
  await admin.deleteQueue('going');
  await expect
    .poll(() => errors)
    .toContainEqual(expect.objectContaining({ code: 'MessagingEntityNotFound' }));
  await receiver.close();
});

test('messages and dead letters are forwarded where the queue says so', async () => {
  await client.createSender('relay').sendMessages({ body: 'relayed' });
  await client.createSender('buried').sendMessages({ body: 'buried' });
  const burying = client.createReceiver('buried');
  const [message] = await burying.receiveMessages(1);
  if (message) await burying.deadLetterMessage(message);
  const receiver = client.createReceiver('target');
  const found = await receiver.receiveMessages(2, { maxWaitTimeInMs: 500 });
  expect(found.map((each): unknown => each.body)).toEqual(['relayed', 'buried']);
  expect(found[1]?.deadLetterSource).toBe('buried');
});
