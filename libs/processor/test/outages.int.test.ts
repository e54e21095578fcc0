import { AynaError, type ErrorCode } from '@ayna/contract';
import { describe, expect, test } from 'vitest';
import { faultyNetwork } from './faulty-network.ts';
import { EVENTUALLY, idsOf, messageOf, openMirror, settled } from './mirror-under-test.ts';

const away = (code: ErrorCode = 'SqlUnavailable') => Promise.reject(new AynaError(code, 'away'));
const manyMessages = Array.from({ length: 40 }, (_, index) => messageOf(`m${index}`));

describe('while SQL cannot take work', () => {
  test.for(['SqlUnavailable', 'SqlSchemaInvalid', 'ConfigInvalid'] as const)(
    '(%s) the intake pauses, no delivery count is burnt, and it goes on by itself',
    async (code) => {
      await using mirror = await openMirror();
      let mended = false;
      const processor = mirror.start({
        batch: { maxBatchSize: 5, maxInFlight: 2 },
        maxInHand: 10,
        store: { apply: (changes) => (mended ? mirror.store.apply(changes) : away(code)) },
      });
      await mirror.send(...manyMessages);
      await expect
        .poll(() => processor.status(), EVENTUALLY)
        .toMatchObject({ state: 'waiting', inHand: 10 });
      mended = true;
      await settled(processor, manyMessages.length);
      expect(processor.status()).toMatchObject({
        state: 'running',
        counts: { applied: 40, duplicate: 0, deadLettered: 0 },
      });
      expect(await mirror.deadLetters()).toEqual([]);
    },
  );

  test('the locks of what is in hand are kept alive for longer than a lock lasts', async () => {
    const lockMs = 3_000;
    await using mirror = await openMirror(lockMs);
    const begun = performance.now();
    const processor = mirror.start({
      store: {
        apply: (changes) =>
          performance.now() - begun > 2 * lockMs ? mirror.store.apply(changes) : away(),
      },
    });
    await mirror.send(...manyMessages);
    await settled(processor, manyMessages.length);
    expect(performance.now() - begun).toBeGreaterThan(2 * lockMs);
    expect(processor.status().counts).toMatchObject({ applied: 40, duplicate: 0 });
    expect(await mirror.waiting()).toEqual([]);
  });

  test('a driver that fails without a code is waited out as well', async () => {
    await using mirror = await openMirror();
    let failures = 3;
    const processor = mirror.start({
      store: {
        apply: (changes) => {
          failures -= 1;
          return failures >= 0
            ? Promise.reject(new TypeError('surprise'))
            : mirror.store.apply(changes);
        },
      },
    });
    await mirror.send(messageOf('m'));
    await settled(processor, 1);
    expect(await mirror.deadLetters()).toEqual([]);
  });
});

describe('stop', () => {
  test('finishes what is in hand and loses nothing', async () => {
    await using mirror = await openMirror();
    const inHand = Promise.withResolvers<undefined>();
    const release = Promise.withResolvers<undefined>();
    const first = mirror.start({
      batch: { maxBatchSize: 5 },
      maxInHand: 15,
      store: {
        apply: async (changes) => {
          inHand.resolve(undefined);
          await release.promise;
          return mirror.store.apply(changes);
        },
      },
    });
    await mirror.send(...manyMessages);
    await inHand.promise;
    const stopped = first.stop();
    expect(first.status().state).toBe('stopping');
    release.resolve(undefined);
    await stopped;
    expect(first.status()).toMatchObject({ state: 'stopped', inHand: 0 });
    const { applied } = first.status().counts;
    expect(Object.keys(await mirror.bodies())).toHaveLength(applied);
    expect(await mirror.waiting()).toHaveLength(manyMessages.length - applied);

    const second = mirror.start();
    await settled(second, manyMessages.length - applied);
    expect(second.status().counts.duplicate).toBe(0);
    expect(Object.keys(await mirror.bodies())).toHaveLength(manyMessages.length);
  });

  test('while SQL is away gives the messages back', async () => {
    await using mirror = await openMirror();
    const first = mirror.start({ store: { apply: () => away() } });
    await mirror.send(...manyMessages.slice(0, 10));
    await expect.poll(() => first.status().inHand, EVENTUALLY).toBe(10);
    await expect.poll(() => first.status().state, EVENTUALLY).toBe('waiting');
    await first.stop();
    expect(first.status()).toMatchObject({ state: 'stopped', inHand: 0 });
    expect(await mirror.deadLetters()).toEqual([]);

    const applied: string[] = [];
    const second = mirror.start({
      store: {
        apply: (changes) => {
          applied.push(...idsOf(changes));
          return mirror.store.apply(changes);
        },
      },
    });
    await settled(second, 10);
    expect(applied).toHaveLength(10);
  });

  test('gives back at the deadline what a hanging store has not decided', async () => {
    await using mirror = await openMirror();
    const stuck = mirror.start({ store: { apply: () => new Promise(() => undefined) } });
    await mirror.send(...manyMessages);
    await expect.poll(() => stuck.status().inHand, EVENTUALLY).toBe(40);
    await stuck.stop(100);
    expect(stuck.status()).toMatchObject({ state: 'stopped', inHand: 0 });

    const second = mirror.start();
    await settled(second, 40);
    expect(second.status().counts).toMatchObject({ applied: 40, deadLettered: 0 });
  });

  test('ends on a connection on which nothing passes, with messages in hand', async () => {
    await using mirror = await openMirror();
    await using network = await faultyNetwork(mirror.broker.port);
    const processor = mirror.start({
      connect: () => mirror.connectAt(network.port),
      store: { apply: () => new Promise(() => undefined) },
    });
    await mirror.send(...manyMessages);
    await expect.poll(() => processor.status().inHand, EVENTUALLY).toBe(40);
    network.silence();
    await processor.stop(100);
    expect(processor.status().state).toBe('stopped');
  });

  test('ends while the broker is away', async () => {
    await using mirror = await openMirror();
    await mirror.broker.close();
    const processor = mirror.start();
    await processor.stop();
    expect(processor.status().state).toBe('stopped');
  });
});
