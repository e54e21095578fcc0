import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AynaError } from '@ayna/contract';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { connectServiceBus } from '@ayna/service-bus';
import { describe, expect, onTestFinished, test } from 'vitest';
import { faultyNetwork } from './faulty-network.ts';
import {
  EVENTUALLY,
  messageOf,
  openMirror,
  settled,
  SUBSCRIPTION,
  TOPIC,
} from './mirror-under-test.ts';

const manyMessages = Array.from({ length: 40 }, (_, index) => messageOf(`m${index}`));
const moreMessages = Array.from({ length: 40 }, (_, index) => messageOf(`n${index}`));
const away = () => Promise.reject(new AynaError('SqlUnavailable', 'away'));

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ayna-processor-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

describe('a broker that goes away', () => {
  test('and is started again with its data: the processor goes on by itself and misses nothing', async () => {
    const dataDirectory = await temporaryDirectory();
    await using mirror = await openMirror(60_000, { dataDirectory });
    const processor = mirror.start();
    await mirror.send(...manyMessages);
    await settled(processor, 40);
    await mirror.broker.close();
    await expect
      .poll(() => processor.status(), EVENTUALLY)
      .toMatchObject({
        state: 'connecting',
        waiting: { for: 'the broker', code: 'BrokerUnavailable' },
      });

    await using second = await startServiceBusEmulator({ dataDirectory, port: mirror.broker.port });
    const client = connectServiceBus({
      kind: 'connectionString',
      connectionString: second.connectionString,
    });
    await client.createSender(TOPIC).sendMessages(moreMessages);
    await client.close();
    await expect.poll(async () => Object.keys(await mirror.bodies()).length, EVENTUALLY).toBe(80);
    const status = processor.status();
    expect(status.state).toBe('running');
    expect(status).not.toHaveProperty('waiting');
    expect(status.counts.deadLettered).toBe(0);
    await processor.stop();
  });

  test('before the processor starts is waited for', async () => {
    const dataDirectory = await temporaryDirectory();
    await using mirror = await openMirror(60_000, { dataDirectory });
    await mirror.send(...manyMessages);
    await mirror.broker.close();
    const processor = mirror.start();
    await expect
      .poll(() => processor.status(), EVENTUALLY)
      .toMatchObject({ state: 'connecting', waiting: { for: 'the broker' } });
    await using second = await startServiceBusEmulator({ dataDirectory, port: mirror.broker.port });
    await processor.connected;
    await settled(processor, 40);
    await processor.stop();
    expect(second.port).toBe(mirror.broker.port);
  });

  test('that refuses says so, and is asked again until somebody has mended it', async () => {
    await using mirror = await openMirror();
    const processor = mirror.start({ subscription: 'nowhere' });
    await expect(processor.connected).rejects.toMatchObject({
      code: 'BrokerRejected',
      message: expect.stringContaining('"mirror/nowhere"') as string,
    });
    expect(processor.status()).toMatchObject({
      state: 'connecting',
      waiting: { code: 'BrokerRejected' },
    });
    const created = await fetch(
      `${mirror.broker.adminUrl}/${TOPIC}/subscriptions/nowhere?api-version=2021-05`,
      {
        method: 'PUT',
        headers: { 'content-type': 'application/atom+xml' },
        body: '<entry xmlns="http://www.w3.org/2005/Atom"><content type="application/xml"><SubscriptionDescription xmlns="http://schemas.microsoft.com/netservices/2010/10/servicebus/connect"/></content></entry>',
      },
    );
    expect(created.status).toBe(201);
    await expect.poll(() => processor.status().state, EVENTUALLY).toBe('running');
    await mirror.send(messageOf('m'));
    await settled(processor, 1);
  });
});

describe('a connection that breaks', () => {
  test('does not lose what is in hand: it is settled over the next one, and delivered once', async () => {
    await using mirror = await openMirror();
    await using network = await faultyNetwork(mirror.broker.port);
    const release = Promise.withResolvers<undefined>();
    const processor = mirror.start({
      connect: () => mirror.connectAt(network.port),
      store: {
        apply: async (changes) => {
          const outcomes = await mirror.store.apply(changes);
          await release.promise;
          return outcomes;
        },
      },
    });
    await mirror.send(...manyMessages);
    await expect.poll(() => processor.status().inHand, EVENTUALLY).toBe(40);
    network.cut();
    await expect.poll(() => processor.status().reconnects, EVENTUALLY).toBe(1);
    release.resolve(undefined);
    await settled(processor, 40);
    expect(processor.status().counts).toMatchObject({ applied: 40, duplicate: 0 });
    await expect.poll(() => mirror.waiting(), EVENTUALLY).toEqual([]);
    await mirror.send(...moreMessages);
    await settled(processor, 80);
    expect(processor.status().counts).toMatchObject({ applied: 80, duplicate: 0 });
  });

  test('again and again while SQL is away takes no more in hand and lets no lock lapse', async () => {
    const lockMs = 3_000;
    await using mirror = await openMirror(lockMs);
    await using network = await faultyNetwork(mirror.broker.port);
    let mended = false;
    const processor = mirror.start({
      connect: () => mirror.connectAt(network.port),
      maxInHand: 10,
      store: { apply: (changes) => (mended ? mirror.store.apply(changes) : away()) },
    });
    await mirror.send(...manyMessages);
    await expect.poll(() => processor.status().inHand, EVENTUALLY).toBe(10);
    const begun = performance.now();
    for (let cuts = 1; cuts <= 4; cuts += 1) {
      await expect.poll(() => network.connections, EVENTUALLY).toBe(cuts);
      const due = begun + (cuts * 2 * lockMs) / 5;
      await expect.poll(() => performance.now(), EVENTUALLY).toBeGreaterThan(due);
      network.cut();
    }
    expect(processor.status().inHand).toBe(10);
    mended = true;
    await settled(processor, 40);
    expect(processor.status().counts).toMatchObject({ applied: 40, duplicate: 0, deadLettered: 0 });
  });
});

describe('a receiver that has silently stopped', () => {
  test('is replaced when nothing passes on its connection any more', async () => {
    await using mirror = await openMirror();
    await using network = await faultyNetwork(mirror.broker.port);
    const processor = mirror.start({
      connect: () => mirror.connectAt(network.port),
      silenceMs: 200,
      askTimeoutMs: 300,
    });
    await processor.connected;
    network.silence();
    await mirror.send(...manyMessages);
    await expect.poll(() => processor.status().reconnects, EVENTUALLY).toBeGreaterThan(0);
    // What the broker sent into the void stays locked there; what comes now arrives.
    await mirror.send(...moreMessages);
    await expect
      .poll(
        async () => Object.keys(await mirror.bodies()).filter((id) => id.startsWith('n')).length,
        EVENTUALLY,
      )
      .toBe(40);
  });

  test('is replaced when messages wait that do not come', async () => {
    await using mirror = await openMirror();
    const other = mirror.connectAt(mirror.broker.port);
    const holder = other.createReceiver(TOPIC, SUBSCRIPTION);
    await mirror.send(messageOf('held'));
    const [held] = await holder.receiveMessages(1);
    if (!held) throw new Error('nothing came');
    const processor = mirror.start({ silenceMs: 100 });
    await expect.poll(() => processor.status().reconnects, EVENTUALLY).toBeGreaterThan(1);
    await holder.abandonMessage(held);
    await other.close();
    await settled(processor, 1);
    expect(processor.status().counts.applied).toBe(1);
  });
});
