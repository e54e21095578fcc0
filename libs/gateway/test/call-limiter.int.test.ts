import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { openCallLimiter } from '../src/index.ts';
import { refusalOf } from './gateway-under-test.ts';

const takes = async (limiter: { take(userId: string): Promise<void> }, times: number) => {
  const refusals = [];
  for (let call = 0; call < times; call += 1) {
    const refusal = (await refusalOf(limiter.take('ali'))) as {
      refused?: string;
      retryAfterMs?: number;
    };
    if (refusal.refused !== undefined) refusals.push(refusal);
  }
  return refusals;
};

test('a user may call so often and no more, is told when to come back, and hinders nobody else', async () => {
  await using limiter = await openCallLimiter({ calls: 3, windowSeconds: 3_600 });
  expect(await takes(limiter, 3)).toEqual([]);
  const [refusal] = await takes(limiter, 1);
  expect(refusal).toMatchObject({ refused: 'resource-exhausted' });
  expect(refusal?.retryAfterMs).toBeGreaterThan(3_500_000);
  expect(refusal?.retryAfterMs).toBeLessThanOrEqual(3_600_000);
  await limiter.take('veli');
});

test('a user may call again when the window is over', async () => {
  await using limiter = await openCallLimiter({ calls: 1, windowSeconds: 1 });
  await limiter.take('ali');
  expect((await takes(limiter, 1)).length).toBe(1);
  await expect.poll(() => takes(limiter, 1), { timeout: 10_000 }).toEqual([]);
});

test('while Redis is away or silent, calls are counted here: nobody is locked out or let loose', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  try {
    for (const url of ['redis://127.0.0.1:1', `redis://127.0.0.1:${port}`]) {
      await using limiter = await openCallLimiter({ calls: 3, windowSeconds: 3_600 }, url);
      expect(await takes(limiter, 3)).toEqual([]);
      expect((await takes(limiter, 2)).length).toBe(2);
    }
  } finally {
    silent.close();
  }
});
