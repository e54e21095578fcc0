import { expect, test } from 'vitest';
import { createPacer, type PacerClock } from '../src/pacer.ts';

/** A clock that stands still except for those who sleep on it. */
function fakeClock(): PacerClock & { now(): number; advance(ms: number): void } {
  let time = 1_000;
  return {
    now: () => time,
    sleep: (milliseconds) => {
      time += milliseconds;
      return Promise.resolve();
    },
    advance: (ms) => {
      time += ms;
    },
  };
}
const { signal } = new AbortController();

async function turns(perSecond: number, count: number, clock: PacerClock): Promise<number[]> {
  const pacer = createPacer(perSecond, clock);
  const at: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    await pacer.turn(signal);
    at.push(clock.now() - 1_000);
  }
  return at;
}

test('spaces turns evenly', async () => {
  expect(await turns(4, 5, fakeClock())).toEqual([0, 250, 500, 750, 1_000]);
});

test('keeps the mean rate although every timer is late', async () => {
  const clock = fakeClock();
  const late: PacerClock = {
    now: () => clock.now(),
    sleep: (milliseconds, stop) => clock.sleep(milliseconds + 3, stop),
  };
  const at = await turns(1_000, 1_001, late);
  expect(at.at(-1)).toBeGreaterThanOrEqual(1_000);
  expect(at.at(-1)).toBeLessThan(1_010);
});

test('makes up for a long pause by no more than a twentieth of a second of turns', async () => {
  const clock = fakeClock();
  const pacer = createPacer(1_000, clock);
  await pacer.turn(signal);
  clock.advance(60_000);
  const resumedAt = clock.now();
  let atOnce = 0;
  for (;;) {
    await pacer.turn(signal);
    if (clock.now() > resumedAt) break;
    atOnce += 1;
  }
  expect(atOnce).toBeLessThanOrEqual(51);
});

test('lets everything through at once when the rate is not limited', async () => {
  const clock = fakeClock();
  const pacer = createPacer('max', clock);
  for (let turn = 0; turn < 10_000; turn += 1) await pacer.turn(signal);
  expect(clock.now()).toBe(1_000);
});

test('ends a wait when the run is to end', async () => {
  const end = new AbortController();
  const pacer = createPacer(0.001);
  await pacer.turn(end.signal);
  const waiting = pacer.turn(end.signal);
  end.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});
