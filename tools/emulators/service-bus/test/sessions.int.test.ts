import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServiceBusEmulator, type ServiceBusEmulator } from '../src/index.ts';

let emulator: ServiceBusEmulator;
let client: ServiceBusClient;
beforeAll(async () => {
  const sessions = { requiresSession: true };
  emulator = await startServiceBusEmulator({
    topology: {
      queues: {
        fifo: sessions,
        next: sessions,
        state: sessions,
        locked: sessions,
        short: { ...sessions, lockDurationMs: 300 },
        aside: sessions,
        plain: {},
      },
    },
  });
  client = new ServiceBusClient(emulator.connectionString, {
    retryOptions: { maxRetries: 0, timeoutInMs: 1000 },
  });
});
afterAll(async () => {
  await client.close();
  await emulator.close();
});

test('the messages of a session come in order to the one receiver that holds it', async () => {
  const sender = client.createSender('fifo');
  await sender.sendMessages(
    Array.from({ length: 20 }, (_, n) => ({ body: n, sessionId: n % 2 ? 'odd' : 'even' })),
  );
  const odd = await client.acceptSession('fifo', 'odd');
  const messages = await odd.receiveMessages(10);
  expect(messages.map((message): unknown => message.body)).toEqual([
    1, 3, 5, 7, 9, 11, 13, 15, 17, 19,
  ]);
  await expect(client.acceptSession('fifo', 'odd')).rejects.toMatchObject({
    code: 'SessionCannotBeLocked',
  });
  await odd.close();
  const again = await client.acceptSession('fifo', 'odd');
  const [first] = await again.receiveMessages(1);
  expect(first).toMatchObject({ body: 1, deliveryCount: 0 });
  await again.close();
});

test('whoever asks for any session gets a free one that has messages, or a timeout', async () => {
  await expect(client.acceptNextSession('next')).rejects.toMatchObject({ code: 'ServiceTimeout' });
  const accepting = client.acceptNextSession('next');
  const sender = client.createSender('next');
  await sender.sendMessages({ body: 'x', sessionId: 'late' });
  const receiver = await accepting;
  expect(receiver.sessionId).toBe('late');
  expect(receiver.sessionLockedUntilUtc.getTime()).toBeGreaterThan(Date.now() + 50_000);
  const [message] = await receiver.receiveMessages(1);
  if (message) await receiver.completeMessage(message);
  await receiver.close();
});

test('a session keeps a state, also while it has no messages', async () => {
  const receiver = await client.acceptSession('state', 's');
  expect(await receiver.getSessionState()).toBeNull();
  await receiver.setSessionState('half done');
  await receiver.close();
  const again = await client.acceptSession('state', 's');
  expect(await again.getSessionState()).toBe('half done');
  await again.setSessionState(null);
  expect(await again.getSessionState()).toBeNull();
  await again.close();
});

test('a session lock is prolonged by renewing, and lost when it is not', async () => {
  const sender = client.createSender('short');
  await sender.sendMessages({ body: 'x', sessionId: 's' });
  const receiver = await client.acceptSession('short', 's', { maxAutoLockRenewalDurationInMs: 0 });
  const until = receiver.sessionLockedUntilUtc.getTime();
  const [message] = await receiver.receiveMessages(1);
  const renewed = await receiver.renewSessionLock();
  expect(renewed.getTime()).toBeGreaterThan(until);
  await expect.poll(() => receiver.isClosed, { timeout: 3000 }).toBe(true);
  await expect(message && receiver.completeMessage(message)).rejects.toMatchObject({
    code: 'SessionLockLost',
  });
  const again = await client.acceptSession('short', 's');
  expect((await again.receiveMessages(1))[0]?.deliveryCount).toBe(1);
  await again.close();
});

test('messages of a session are deferred and fetched within it', async () => {
  await client.createSender('aside').sendMessages({ body: 'x', sessionId: 's' });
  const receiver = await client.acceptSession('aside', 's');
  const [message] = await receiver.receiveMessages(1);
  if (message) await receiver.deferMessage(message);
  const [fetched] = await receiver.receiveDeferredMessages(message?.sequenceNumber ?? []);
  expect(fetched?.body).toBe('x');
  if (fetched) await receiver.completeMessage(fetched);
  expect(await receiver.peekMessages(1)).toEqual([]);
  await receiver.close();
});

test('entities with sessions refuse receivers without, and messages without, and the other way round', async () => {
  const receiver = client.createReceiver('locked');
  await expect(receiver.receiveMessages(1)).rejects.toThrow(/non-sessionful/);
  await expect(client.acceptSession('plain', 's')).rejects.toMatchObject({
    code: 'SessionCannotBeLocked',
  });
  await expect(client.createSender('locked').sendMessages({ body: 1 })).rejects.toThrow(
    /SessionId/,
  );
});
