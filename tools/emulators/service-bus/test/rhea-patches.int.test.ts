import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeEntry } from '../src/amqp/outgoing-message.ts';
import { parseMessage, SECTION } from '../src/amqp/encoded-message.ts';
import {
  NULL,
  writeList,
  writeLong,
  writeMap,
  writeSection,
  writeString,
  writeSymbol,
} from '../src/amqp/value-writer.ts';
import type { RheaSender, RheaSession, TransferFrame } from '../src/amqp/rhea-internals.ts';
import { gaugeCredit, keepMessagesEncoded, RAW_FORMAT } from '../src/amqp/rhea-patches.ts';
import {
  createManualClock,
  startServiceBusEmulator,
  type ServiceBusEmulator,
} from '../src/index.ts';

let emulator: ServiceBusEmulator;
let client: ServiceBusClient;
beforeAll(async () => {
  emulator = await startServiceBusEmulator({
    topology: { queues: { many: {}, flows: {}, drains: {}, bytes: {} } },
  });
  client = new ServiceBusClient(emulator.connectionString);
});
afterAll(async () => {
  await client.close();
  await emulator.close();
});

test('one link settles far more than the 2,048 messages that rhea remembers', async () => {
  const sender = client.createSender('many');
  const count = 5000;
  for (let sent = 0; sent < count; sent += 1000) {
    await sender.sendMessages(Array.from({ length: 1000 }, () => ({ body: 1 })));
  }
  const receiver = client.createReceiver('many');
  const done = Promise.withResolvers<undefined>();
  let seen = 0;
  receiver.subscribe(
    {
      processMessage: () => {
        seen += 1;
        if (seen === count) done.resolve(undefined);
        return Promise.resolve();
      },
      processError: ({ error }) => {
        done.reject(error);
        return Promise.resolve();
      },
    },
    { maxConcurrentCalls: 50 },
  );
  await done.promise;
  await expect.poll(() => receiver.peekMessages(1)).toEqual([]);
  await receiver.close();
});

test('of two neighbours that are settled in one turn each gets its own answer', async () => {
  const clock = createManualClock();
  await using own = await startServiceBusEmulator({
    clock,
    topology: { queues: { q: { lockDurationMs: 30_000 } } },
  });
  const own1 = new ServiceBusClient(own.connectionString);
  const sender = own1.createSender('q');
  const receiver = own1.createReceiver('q');
  await sender.sendMessages({ body: 'early' });
  const [early] = await receiver.receiveMessages(1);
  clock.advance(20_000);
  await sender.sendMessages({ body: 'late' });
  const [late] = await receiver.receiveMessages(1);
  clock.advance(15_000);
  if (!early || !late) expect.fail('both messages should have come');
  const answers = await Promise.allSettled([
    receiver.completeMessage(early),
    receiver.completeMessage(late),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  await own1.close();
});

test('a receiver that asks for more than a session holds gets the rest as it settles', async () => {
  const sender = client.createSender('drains');
  for (let sent = 0; sent < 3000; sent += 1000) {
    await sender.sendMessages(Array.from({ length: 1000 }, () => ({ body: 1 })));
  }
  const receiver = client.createReceiver('drains');
  let received = 0;
  while (received < 3000) {
    const messages = await receiver.receiveMessages(3000, { maxWaitTimeInMs: 300 });
    expect(messages.length).toBeGreaterThan(0);
    received += messages.length;
    await Promise.all(messages.map((message) => receiver.completeMessage(message)));
  }
  await receiver.close();
  for (let sent = 0; sent < 3000; sent += 1000) {
    await sender.sendMessages(Array.from({ length: 1000 }, () => ({ body: 1 })));
  }
  const deleting = client.createReceiver('drains', { receiveMode: 'receiveAndDelete' });
  expect(await deleting.receiveMessages(3000)).toHaveLength(3000);
  await deleting.close();
});

test('a flow is answered at once, so that single receives are not slowed by delayed acknowledgements', async () => {
  const sender = client.createSender('flows');
  await sender.sendMessages(Array.from({ length: 50 }, (_, n) => ({ body: n })));
  const receiver = client.createReceiver('flows');
  const started = performance.now();
  for (let n = 0; n < 50; n += 1) {
    const [message] = await receiver.receiveMessages(1);
    if (message) await receiver.completeMessage(message);
  }
  // Fifty stalls of 44 ms would take 2.2 s.
  expect(performance.now() - started).toBeLessThan(1500);
  await receiver.close();
});

function fakeSender(state: Partial<RheaSender>): RheaSender {
  const session = { outgoing: { deliveries: { available: () => 2048 } } };
  return {
    credit: 0,
    delivery_count: 0,
    session,
    connection: { _register: () => undefined },
    on_flow: () => undefined,
    ...state,
  } as unknown as RheaSender;
}

test('a drain is answered even when messages in flight have used the credit', () => {
  const sender = fakeSender({ _draining: true, _drained: true, credit: 0 });
  gaugeCredit(sender);
  expect(sender._get_drain()).toBe(true);
  expect(sender._get_drain()).toBe(false);
});

test('a flow that asks for an echo is given one', () => {
  const sender = fakeSender({ issue_flow: false });
  gaugeCredit(sender);
  sender.on_flow({ performative: { echo: false } });
  expect(sender.issue_flow).toBe(false);
  sender.on_flow({ performative: { echo: true } });
  expect(sender.issue_flow).toBe(true);
});

test('credit counts messages that rhea has taken and not yet written', () => {
  const sender = fakeSender({ credit: 3 });
  const gauge = gaugeCredit(sender);
  gauge.sent();
  gauge.sent();
  expect(gauge.available()).toBe(1);
  sender.credit = 1;
  sender.delivery_count = 2;
  expect(gauge.available()).toBe(1);
  Object.assign(sender, { _draining: true, _drained: true });
  sender._get_drain();
  expect(gauge.available()).toBe(0);
  sender.credit = 5;
  expect(gauge.available()).toBe(5);
});

test('messages of the standard format are handed over as bytes, other formats as they are', () => {
  const formats: (number | undefined)[] = [];
  const incoming = {
    on_transfer: ({ performative }: TransferFrame) => formats.push(performative.message_format),
  };
  keepMessagesEncoded({ incoming } as unknown as RheaSession);
  const transfer = incoming.on_transfer as (frame: TransferFrame, receiver: undefined) => void;
  for (const message_format of [0, undefined, 0x80013700]) {
    transfer({ performative: { message_format } }, undefined);
  }
  expect(formats).toEqual([RAW_FORMAT, RAW_FORMAT, 0x80013700]);
});

test('properties and body reach the receiver byte by byte as they were sent', () => {
  // What our own encoder would write differently: a symbol for a subject, a long that fits into an int.
  const bare = Buffer.concat([
    writeSection(SECTION.properties, writeList([writeString('id'), NULL, NULL, writeSymbol('s')])),
    writeSection(SECTION.applicationProperties, writeMap([writeString('n'), writeLong(5)])),
    writeSection(SECTION.value, Buffer.of(0xa1, 1, 0x78)),
  ]);
  const header = writeSection(SECTION.header, writeList([NULL]));
  const content = parseMessage(Buffer.concat([header, bare]));
  const encoded = encodeEntry(
    {
      sequence: 1,
      enqueuedSequence: 1,
      content,
      enqueuedAtMs: 0,
      expiresAtMs: Infinity,
      sessionId: undefined,
      deadLetterSource: undefined,
      state: 'active',
      deliveryCount: 0,
      changes: undefined,
      deferred: false,
      lock: undefined,
    },
    undefined,
  );
  expect(encoded.subarray(-bare.length)).toEqual(bare);
});
