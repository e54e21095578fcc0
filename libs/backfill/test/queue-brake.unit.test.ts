import { AynaError } from '@ayna/contract';
import { expect, test } from 'vitest';
import { createQueueBrake } from '../src/index.ts';

const { signal } = new AbortController();
const EVENTUALLY = { interval: 2, timeout: 10_000 };

test('never lets more wait than the limit and what is under way, however fast messages come', async () => {
  const queue = { depth: 3, deepest: 0, sent: 0 };
  const brake = createQueueBrake({
    waiting: () => Promise.resolve(queue.depth),
    limit: 10,
    pauseMs: 1,
    staleMs: 60_000,
    note: (text) => expect.fail(text),
  });
  const end = new AbortController();
  const send = async () => {
    for (;;) {
      await brake.turn(end.signal);
      queue.sent += 1;
      queue.depth += 1;
      queue.deepest = Math.max(queue.deepest, queue.depth);
    }
  };
  const sending = Promise.all([send(), send(), send()]);
  for (let drain = 0; drain < 3; drain += 1) {
    await expect.poll(() => queue.depth, EVENTUALLY).toBeGreaterThanOrEqual(10);
    queue.depth = 0;
  }
  await expect.poll(() => [queue.depth >= 10, brake.holding()], EVENTUALLY).toEqual([true, true]);
  end.abort();
  await expect(sending).rejects.toMatchObject({ name: 'AbortError' });
  expect(queue.sent).toBeGreaterThanOrEqual(27);
  expect(queue.deepest).toBeLessThanOrEqual(10 + 2);
});

test('says how deep the queue is while it holds back', async () => {
  const brake = createQueueBrake({
    waiting: () => Promise.resolve(12),
    limit: 10,
    pauseMs: 1,
    note: (text) => expect.fail(text),
  });
  const end = new AbortController();
  const turn = brake.turn(end.signal);
  await expect.poll(() => [brake.depth(), brake.holding()], EVENTUALLY).toEqual([12, true]);
  end.abort();
  await expect(turn).rejects.toMatchObject({ name: 'AbortError' });
});

test('is off, and says so once, when the depth may not be read', async () => {
  const notes: string[] = [];
  const brake = createQueueBrake({
    waiting: () => Promise.reject(new AynaError('BrokerRejected', '401 for the counts')),
    limit: 1,
    note: (text) => notes.push(text),
  });
  for (let turn = 0; turn < 100; turn += 1) await brake.turn(signal);
  expect(notes).toEqual([expect.stringContaining('401 for the counts')]);
  expect(brake.depth()).toBeUndefined();
});

test('does not stand still for ever when the counts cannot be reached', async () => {
  let looks = 0;
  const brake = createQueueBrake({
    waiting: () => {
      looks += 1;
      return Promise.reject(new AynaError('BrokerUnavailable', 'away'));
    },
    limit: 5,
    pauseMs: 1,
    note: (text) => expect.fail(text),
  });
  for (let turn = 0; turn < 12; turn += 1) await brake.turn(signal);
  expect(looks).toBeGreaterThan(2);
});
