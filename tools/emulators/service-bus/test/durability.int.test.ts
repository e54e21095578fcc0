import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { startServiceBusEmulator } from '../src/index.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';

let dataDirectory: string;
let child: ChildProcess | undefined;
beforeEach(async () => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'service-bus-'));
  const emulator = await startServiceBusEmulator({
    dataDirectory,
    topology: {
      queues: {
        durable: { requiresDuplicateDetection: true, maxDeliveryCount: 5 },
        sessions: { requiresSession: true },
      },
      topics: { events: { subscriptions: { a: {}, b: {} } } },
    },
  });
  await emulator.close();
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(dataDirectory, { recursive: true });
});

/** Starts an emulator on the data directory; what it prints is its connection string. */
async function start(): Promise<ServiceBusClient> {
  const main = join(import.meta.dirname, '../src/main.ts');
  child = fork(main, ['--port', '0', '--data-dir', dataDirectory], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    execArgv: [],
  });
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return new ServiceBusClient(line.toString().trim(), { retryOptions: { maxRetries: 0 } });
}

async function kill(): Promise<void> {
  const gone = child && once(child, 'exit');
  child?.kill('SIGKILL');
  await gone;
}

async function receiveAll(client: ServiceBusClient, subscription: string): Promise<unknown[]> {
  const receiver = client.createReceiver('events', subscription, {
    receiveMode: 'receiveAndDelete',
  });
  const bodies: unknown[] = [];
  for (;;) {
    const messages = await receiver.receiveMessages(500, { maxWaitTimeInMs: 300 });
    if (messages.length === 0) return bodies;
    bodies.push(...messages.map((message): unknown => message.body));
  }
}

test('every acknowledged message is there after the process was killed in the middle of sends', async () => {
  const client = await start();
  const sender = client.createSender('events');
  const acknowledged: number[] = [];
  void Promise.allSettled(
    Array.from({ length: 20 }, async (_, lane) => {
      for (let n = lane; ; n += 20) {
        await sender.sendMessages({ body: n });
        acknowledged.push(n);
        if (acknowledged.length === 300) child?.kill('SIGKILL');
      }
    }),
  );
  await once(child ?? process, 'exit');
  void client.close();

  const again = await start();
  for (const subscription of ['a', 'b']) {
    const found = new Set(await receiveAll(again, subscription));
    expect(acknowledged.filter((n) => !found.has(n))).toEqual([]);
  }
  await again.close();
});

test('deferred, scheduled, dead and counted messages, session states and seen ids outlive the process', async () => {
  const client = await start();
  const sender = client.createSender('durable');
  await sender.sendMessages(
    ['defer', 'bury', 'abandon', 'done'].map((id) => ({ body: id, messageId: id })),
  );
  const [scheduled] = await sender.scheduleMessages(
    { body: 'later' },
    new Date(Date.now() + 3_600_000),
  );
  const receiver = client.createReceiver('durable');
  const messages = await receiver.receiveMessages(4);
  const deferred = messages[0]?.sequenceNumber;
  for (const message of messages) {
    if (message.body === 'defer') await receiver.deferMessage(message);
    if (message.body === 'bury')
      await receiver.deadLetterMessage(message, {
        deadLetterReason: 'why',
        deadLetterErrorDescription: 'because',
      });
    if (message.body === 'abandon') await receiver.abandonMessage(message, { tried: 1 });
    if (message.body === 'done') await receiver.completeMessage(message);
  }
  await client.createSender('sessions').sendMessages({ body: 1, sessionId: 's' });
  const session = await client.acceptSession('sessions', 's');
  await session.setSessionState({ step: 2 });
  void client.close();
  await kill();

  const again = await start();
  const resender = again.createSender('durable');
  await resender.sendMessages({ body: 'again', messageId: 'done' });
  const reader = again.createReceiver('durable');
  const [abandoned, ...others] = await reader.receiveMessages(5, { maxWaitTimeInMs: 300 });
  expect(others).toEqual([]);
  expect(abandoned).toMatchObject({
    body: 'abandon',
    deliveryCount: 1,
    applicationProperties: { tried: 1 },
  });
  const [aside] = await reader.receiveDeferredMessages(deferred ?? []);
  expect(aside?.body).toBe('defer');
  const dead = again.createReceiver('durable', { subQueueType: 'deadLetter' });
  expect((await dead.receiveMessages(1))[0]).toMatchObject({
    body: 'bury',
    deadLetterReason: 'why',
  });
  if (scheduled) await resender.cancelScheduledMessages(scheduled);
  const reopened = await again.acceptSession('sessions', 's');
  expect(await reopened.getSessionState()).toEqual({ step: 2 });
  await again.close();
});

test('half a record at the end of the journal is passed over', async () => {
  const client = await start();
  await client.createSender('events').sendMessages({ body: 'whole' });
  void client.close();
  await kill();
  for (const name of readdirSync(dataDirectory)) {
    if (!name.endsWith('.journal')) continue;
    appendFileSync(join(dataDirectory, name), Buffer.of(0, 0, 1, 0, 1, 2, 3, 4, 5));
  }
  const again = await start();
  expect(await receiveAll(again, 'a')).toEqual(['whole']);
  await again.close();
});
