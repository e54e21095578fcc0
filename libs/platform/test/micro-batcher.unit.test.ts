import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { microBatcher, type BatchPolicy } from '../src/micro-batcher.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A batcher whose batches land when the test says so. */
function batcher(policy: Partial<BatchPolicy> = {}) {
  const batches: number[][] = [];
  const landings: (() => void)[] = [];
  const subject = microBatcher<number>(
    { maxBatchSize: 3, gatherMs: 2, maxInFlight: 1, ...policy },
    (items) => {
      batches.push(items);
      return new Promise<void>((resolve) => landings.push(resolve));
    },
  );
  const land = async () => {
    landings.shift()?.();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { subject, batches, land };
}

describe('a micro-batcher', () => {
  test('lets the first item wait for company, and no longer than gatherMs', () => {
    const { subject, batches } = batcher();
    subject.add(1);
    subject.add(2);
    vi.advanceTimersByTime(1);
    expect(batches).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(batches).toEqual([[1, 2]]);
  });

  test('sends a full batch at once', () => {
    const { subject, batches } = batcher();
    for (const item of [1, 2, 3]) subject.add(item);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  test('never has more batches in flight than allowed, and sends the rest as they land', async () => {
    const { subject, batches, land } = batcher({ maxInFlight: 2 });
    for (let item = 1; item <= 8; item += 1) subject.add(item);
    vi.advanceTimersByTime(1_000);
    expect(batches).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    await land();
    expect(batches.slice(2)).toEqual([[7, 8]]);
  });

  test('keeps the order, and puts no item into two batches', async () => {
    const { subject, batches, land } = batcher();
    for (let item = 0; item < 50; item += 1) {
      subject.add(item);
      if (item % 4 === 0) await land();
    }
    for (let batch = 0; batch < 50; batch += 1) await land();
    expect(batches.flat()).toEqual(Array.from({ length: 50 }, (_, item) => item));
    expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(3);
  });

  test('is idle once everything has landed', async () => {
    const { subject, land } = batcher();
    await subject.idle();
    subject.add(1);
    const idled = vi.fn();
    void subject.idle().then(idled);
    await vi.advanceTimersByTimeAsync(10);
    expect(idled).not.toHaveBeenCalled();
    await land();
    expect(idled).toHaveBeenCalledOnce();
  });
});
