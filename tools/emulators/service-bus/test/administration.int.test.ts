import { ServiceBusAdministrationClient } from '@azure/service-bus';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServiceBusEmulator, type ServiceBusEmulator } from '../src/index.ts';

let emulator: ServiceBusEmulator;
let admin: ServiceBusAdministrationClient;
beforeAll(async () => {
  emulator = await startServiceBusEmulator();
  admin = new ServiceBusAdministrationClient(emulator.connectionString, {
    tlsOptions: { ca: emulator.certificate },
  });
});
afterAll(() => emulator.close());

test('an entity that is created can be read back, listed, counted and removed', async () => {
  const queue = await admin.createQueue('invoices', { maxDeliveryCount: 3, lockDuration: 'PT30S' });
  expect(queue).toMatchObject({ name: 'invoices', maxDeliveryCount: 3, lockDuration: 'PT30S' });
  await admin.createTopic('events');
  await admin.createSubscription('events', 'all');
  expect(await admin.subscriptionExists('events', 'all')).toBe(true);
  expect(await admin.topicExists('nowhere')).toBe(false);
  const names: string[] = [];
  for await (const { name } of admin.listQueues()) names.push(name);
  expect(names).toEqual(['invoices']);
  expect(await admin.getSubscriptionRuntimeProperties('events', 'all')).toMatchObject({
    activeMessageCount: 0,
    totalMessageCount: 0,
  });
  await admin.deleteQueue('invoices');
  expect(await admin.queueExists('invoices')).toBe(false);
});

test('what exists cannot be created again, and what does not exist cannot be read', async () => {
  await admin.createTopic('twice');
  await expect(admin.createTopic('twice')).rejects.toMatchObject({
    code: 'MessageEntityAlreadyExistsError',
  });
  await expect(admin.getQueue('nothing')).rejects.toMatchObject({
    code: 'MessageEntityNotFoundError',
  });
});
