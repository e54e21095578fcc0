import type { ServiceBusClient, ServiceBusReceivedMessage } from '@azure/service-bus';
import { startServiceBusEmulator, type ServiceBusEmulator } from '@ayna/emulator-service-bus';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectServiceBus } from '../src/index.ts';

let emulator: ServiceBusEmulator;
let client: ServiceBusClient;
beforeAll(async () => {
  emulator = await startServiceBusEmulator({ topology: { queues: { q: {} } } });
  client = connectServiceBus({
    kind: 'connectionString',
    connectionString: emulator.connectionString,
  });
});
afterAll(async () => {
  await client.close();
  await emulator.close();
});

type Settlement = 'complete' | 'deadLetter' | 'abandon';

describe('neighbouring messages that are settled in one turn each get their own outcome', () => {
  test.for<Settlement[]>([
    ['complete', 'deadLetter'],
    ['deadLetter', 'complete'],
    ['deadLetter', 'deadLetter'],
    ['deadLetter', 'deadLetter', 'deadLetter', 'complete', 'complete', 'deadLetter'],
    ['complete', 'complete', 'deadLetter', 'complete', 'deadLetter', 'complete'],
    ['complete', 'abandon', 'complete'],
    ['abandon', 'deadLetter', 'complete', 'abandon'],
  ])('%o', async (settlements) => {
    const sender = client.createSender('q');
    await sender.sendMessages(
      settlements.map((settlement, index) => ({
        body: index,
        messageId: `${index} ${settlement}`,
      })),
    );
    const receiver = client.createReceiver('q');
    const messages: ServiceBusReceivedMessage[] = [];
    while (messages.length < settlements.length) {
      messages.push(...(await receiver.receiveMessages(settlements.length - messages.length)));
    }
    await Promise.all(
      messages.map((message, index) => {
        switch (settlements[index]) {
          case 'deadLetter':
            return receiver.deadLetterMessage(message, {
              deadLetterReason: `of ${index}`,
              deadLetterErrorDescription: '',
            });
          case 'abandon':
            return receiver.abandonMessage(message);
          default:
            return receiver.completeMessage(message);
        }
      }),
    );
    const ofKind = (wanted: Settlement) =>
      settlements.flatMap((settlement, index) => (settlement === wanted ? [index] : []));
    await receiver.close();
    expect(await drain('q')).toEqual(
      ofKind('abandon').map((body) => ({ body, reason: undefined })),
    );
    expect(await drain('q', 'deadLetter')).toEqual(
      ofKind('deadLetter').map((body) => ({ body, reason: `of ${body}` })),
    );
  });
});

async function drain(queue: string, subQueueType?: 'deadLetter') {
  const receiver = client.createReceiver(queue, {
    receiveMode: 'receiveAndDelete',
    ...(subQueueType === undefined ? {} : { subQueueType }),
  });
  const found: { body: unknown; reason: string | undefined }[] = [];
  for (;;) {
    const messages = await receiver.receiveMessages(100, { maxWaitTimeInMs: 200 });
    if (messages.length === 0) break;
    for (const { body, deadLetterReason } of messages) {
      found.push({ body: body as unknown, reason: deadLetterReason });
    }
  }
  await receiver.close();
  return found.sort((a, b) => Number(a.body) - Number(b.body));
}
