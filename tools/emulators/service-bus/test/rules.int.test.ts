import { ServiceBusAdministrationClient, ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServiceBusEmulator, type ServiceBusEmulator } from '../src/index.ts';

let emulator: ServiceBusEmulator;
let client: ServiceBusClient;
let admin: ServiceBusAdministrationClient;
beforeAll(async () => {
  emulator = await startServiceBusEmulator({
    topology: { topics: { events: { subscriptions: { managed: {} } } } },
  });
  client = new ServiceBusClient(emulator.connectionString);
  admin = new ServiceBusAdministrationClient(emulator.connectionString, {
    tlsOptions: { ca: emulator.certificate },
  });
});
afterAll(async () => {
  await client.close();
  await emulator.close();
});

async function bodiesOf(subscription: string, count: number): Promise<unknown[]> {
  const receiver = client.createReceiver('events', subscription, {
    receiveMode: 'receiveAndDelete',
  });
  const messages = await receiver.receiveMessages(count + 1, { maxWaitTimeInMs: 300 });
  await receiver.close();
  return messages.map((message): unknown => message.body);
}

test('rules that are made over AMQP select, and can be listed and removed there', async () => {
  const rules = client.createRuleManager('events', 'managed');
  await rules.deleteRule('$Default');
  await rules.createRule(
    'big',
    { sqlExpression: 'amount > 10' },
    { sqlExpression: "SET big = 'yes'" },
  );
  await rules.createRule('red', { subject: 'red', applicationProperties: { amount: 1 } });
  // Rules are listed by name, whenever they were made.
  await rules.createRule('also', { sqlExpression: 'amount < 0' });
  const found = [];
  for await (const rule of rules.listRules()) found.push(rule);
  expect(found).toMatchObject([
    { name: 'also' },
    {
      name: 'big',
      filter: { sqlExpression: 'amount > 10' },
      action: { sqlExpression: "SET big = 'yes'" },
    },
    { name: 'red', filter: { subject: 'red', applicationProperties: { amount: 1 } } },
  ]);
  const sender = client.createSender('events');
  await sender.sendMessages([
    { body: 'small', applicationProperties: { amount: 1 } },
    { body: 'large', applicationProperties: { amount: 11 } },
    { body: 'red', subject: 'red', applicationProperties: { amount: 1 } },
  ]);
  expect(await bodiesOf('managed', 2)).toEqual(['large', 'red']);
  await expect(rules.createRule('bad', { sqlExpression: 'a = ' })).rejects.toThrow(/parsing/);
  await rules.deleteRule('big');
  await expect(rules.deleteRule('big')).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
});

test('a subscription can be created with a rule of its own, and rules be changed over HTTP', async () => {
  await admin.createSubscription('events', 'own', {
    defaultRuleOptions: {
      name: 'only',
      filter: { sqlExpression: 'a = @p', sqlParameters: { '@p': 5 } },
    },
  });
  const rule = await admin.getRule('events', 'own', 'only');
  expect(rule.filter).toEqual({ sqlExpression: 'a = @p', sqlParameters: { '@p': 5 } });
  await admin.createRule('events', 'own', 'second', {
    correlationId: 'c',
    applicationProperties: { x: 'y' },
  });
  const second = await admin.getRule('events', 'own', 'second');
  await admin.updateRule('events', 'own', { ...second, action: { sqlExpression: 'SET seen = 1' } });
  expect(await admin.getRule('events', 'own', 'second')).toMatchObject({
    filter: { correlationId: 'c', applicationProperties: { x: 'y' } },
    action: { sqlExpression: 'SET seen = 1' },
  });
  const names: string[] = [];
  for await (const { name } of admin.listRules('events', 'own')) names.push(name);
  expect(names).toEqual(['only', 'second']);
  await admin.deleteRule('events', 'own', 'second');
  expect(await admin.ruleExists('events', 'own', 'second')).toBe(false);
});
