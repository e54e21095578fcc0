import { ServiceBusClient, type ServiceBusReceiver } from '@azure/service-bus';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServiceBusEmulator, type ServiceBusEmulator } from '../src/index.ts';

let emulator: ServiceBusEmulator;
let client: ServiceBusClient;
beforeAll(async () => {
  const short = { lockDurationMs: 300 };
  emulator = await startServiceBusEmulator({
    topology: { queues: { twice: short, again: short } },
  });
  client = new ServiceBusClient(emulator.connectionString, { retryOptions: { maxRetries: 0 } });
});
afterAll(async () => {
  await client.close();
  await emulator.close();
});

/** A receiver of the dead letters of a queue, in which there is one. */
async function withDeadLetter(queue: string): Promise<ServiceBusReceiver> {
  await client.createSender(queue).sendMessages({ body: 'x' });
  const receiver = client.createReceiver(queue);
  const [message] = await receiver.receiveMessages(1);
  if (message) await receiver.deadLetterMessage(message);
  return client.createReceiver(queue, { subQueueType: 'deadLetter' });
}

test('a dead letter cannot be dead-lettered again, and is not lost by the attempt', async () => {
  const receiver = await withDeadLetter('twice');
  const [message] = await receiver.receiveMessages(1);
  await expect(message && receiver.deadLetterMessage(message)).rejects.toMatchObject({
    code: 'GeneralError',
  });
  const [again] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 3000 });
  expect(again).toMatchObject({ body: 'x', deliveryCount: 0 });
  if (again) await receiver.completeMessage(again);
});

test('deliveries of a dead letter are not counted', async () => {
  const receiver = await withDeadLetter('again');
  const [message] = await receiver.receiveMessages(1);
  if (message) await receiver.abandonMessage(message);
  const [again] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 3000 });
  expect(again).toMatchObject({ body: 'x', deliveryCount: 0 });
});
