import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Watchdog } from '../src/receiving/watchdog.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const SILENCE_MS = 1_000;

/** A watchdog that always gets the same answer, and what it did. */
function watchdog(answer: string | undefined) {
  const did = { asked: 0, stalled: 0 };
  const dog = new Watchdog({
    silenceMs: SILENCE_MS,
    ask: () => {
      did.asked += 1;
      return Promise.resolve(answer);
    },
    stalled: () => (did.stalled += 1),
  });
  return { dog, did };
}

test('asks only after a silence, and leaves a receiver alone with which nothing is wrong', async () => {
  const { did } = watchdog(undefined);
  await vi.advanceTimersByTimeAsync(SILENCE_MS * 0.9);
  expect(did.asked).toBe(0);
  await vi.advanceTimersByTimeAsync(SILENCE_MS * 9.1);
  expect(did.asked).toBe(10);
  expect(did.stalled).toBe(0);
});

test('any sign of life puts the question off', async () => {
  const { dog, did } = watchdog('stalled');
  for (let signs = 0; signs < 20; signs += 1) {
    await vi.advanceTimersByTimeAsync(SILENCE_MS / 2);
    dog.heard();
  }
  expect(did.asked).toBe(0);
});

test('false alarms make it patient, but not for ever; a message makes it watchful again', async () => {
  const { dog, did } = watchdog('stalled');
  await vi.advanceTimersByTimeAsync(SILENCE_MS * (1 + 2 + 4 + 8 + 16));
  expect(did.stalled).toBe(5);
  await vi.advanceTimersByTimeAsync(SILENCE_MS * 16 * 3);
  expect(did.stalled).toBe(8);
  dog.received();
  await vi.advanceTimersByTimeAsync(SILENCE_MS);
  expect(did.stalled).toBe(9);
});

test('does not ask again while the answer is awaited, nor after it was closed', async () => {
  let asked = 0;
  const dog = new Watchdog({
    silenceMs: SILENCE_MS,
    ask: () => {
      asked += 1;
      return new Promise(() => undefined);
    },
    stalled: () => undefined,
  });
  await vi.advanceTimersByTimeAsync(SILENCE_MS * 10);
  expect(asked).toBe(1);
  dog.close();
  expect(vi.getTimerCount()).toBe(0);
});
