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

test('a queue that is created without settings has those that Azure documents', async () => {
  const queue = await admin.createQueue('defaults');
  expect(queue).toMatchObject({
    autoDeleteOnIdle: 'P10675199DT2H48M5.4775807S',
    deadLetteringOnMessageExpiration: false,
    defaultMessageTimeToLive: 'P10675199DT2H48M5.4775807S',
    duplicateDetectionHistoryTimeWindow: 'PT10M',
    enableBatchedOperations: true,
    enablePartitioning: false,
    enableExpress: false,
    lockDuration: 'PT1M',
    maxDeliveryCount: 10,
    maxSizeInMegabytes: 1024,
    requiresDuplicateDetection: false,
    requiresSession: false,
    status: 'Active',
    availabilityStatus: 'Available',
  });
  for (const absent of [
    'authorizationRules',
    'forwardTo',
    'forwardDeadLetteredMessagesTo',
    'userMetadata',
  ] as const) {
    expect(queue[absent]).toBeUndefined();
  }
});

test('settings are kept as they are given, and changed by an update', async () => {
  const rule = {
    claimType: 'SharedAccessKey',
    accessRights: ['Manage', 'Send', 'Listen'] as ('Manage' | 'Send' | 'Listen')[],
    keyName: 'all',
    primaryKey: 'cHJpbWFyeQ==',
    secondaryKey: 'c2Vjb25kYXJ5',
  };
  const created = await admin.createQueue('full', {
    lockDuration: 'PT45S',
    requiresSession: true,
    defaultMessageTimeToLive: 'P2D',
    duplicateDetectionHistoryTimeWindow: 'PT1M',
    autoDeleteOnIdle: 'PT1H',
    authorizationRules: [rule],
    enablePartitioning: true,
    userMetadata: 'a < b & "c"',
    forwardDeadLetteredMessagesTo: 'defaults',
  });
  expect(created).toMatchObject({
    lockDuration: 'PT45S',
    requiresSession: true,
    defaultMessageTimeToLive: 'P2D',
    authorizationRules: [rule],
    maxSizeInMegabytes: 16384,
    userMetadata: 'a < b & "c"',
    forwardDeadLetteredMessagesTo: `sb://127.0.0.1:${emulator.port}/defaults`,
  });
  const updated = await admin.updateQueue({
    ...created,
    maxDeliveryCount: 4,
    status: 'SendDisabled',
  });
  expect(updated).toMatchObject({
    maxDeliveryCount: 4,
    status: 'SendDisabled',
    lockDuration: 'PT45S',
  });
  expect(await admin.getQueue('FULL')).toMatchObject({ name: 'full', maxDeliveryCount: 4 });
});

test('lists are given in pages', async () => {
  for (let n = 0; n < 5; n += 1) await admin.createTopic(`page-${n}`);
  const pages: number[] = [];
  for await (const page of admin.listTopics().byPage({ maxPageSize: 2 })) pages.push(page.length);
  expect(pages.reduce((sum, size) => sum + size)).toBeGreaterThanOrEqual(5);
  expect(Math.max(...pages)).toBe(2);
});

test('settings beyond what Azure takes are refused, at creation and later', async () => {
  const refused = { statusCode: 400 };
  for (const settings of [
    { lockDuration: 'PT6M' },
    { maxDeliveryCount: 0 },
    { autoDeleteOnIdle: 'PT1M' },
    { duplicateDetectionHistoryTimeWindow: 'P8D' },
    { userMetadata: 'x'.repeat(1025) },
    { forwardTo: 'LIMITS' },
  ]) {
    await expect(admin.createQueue('limits', settings)).rejects.toMatchObject(refused);
  }
  const queue = await admin.createQueue('limits', { lockDuration: 'PT5M' });
  const longer = { ...queue, lockDuration: 'PT5M1S' };
  await expect(admin.updateQueue(longer)).rejects.toMatchObject(refused);
  expect(await admin.getQueue('limits')).toMatchObject({ lockDuration: 'PT5M' });
  await admin.createTopic('limited');
  await expect(admin.createSubscription('limited', 'x'.repeat(51))).rejects.toMatchObject(refused);
});
