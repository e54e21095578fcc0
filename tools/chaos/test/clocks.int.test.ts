import { startChild } from '@ayna/processes';
import { expect, test, vi } from 'vitest';
import { jumpingClock } from '../src/world/jumping-clock.ts';

test('a clock that jumps wakes everybody who waits, and those who took it back not', () => {
  const clock = jumpingClock(1_000);
  const early = vi.fn();
  const late = vi.fn();
  const never = vi.fn();
  clock.wakeAt(clock.now() + 60_000, early);
  clock.wakeAt(clock.now() + 600_000, late);
  clock.wakeAt(clock.now() + 60_000, never)();
  const before = clock.now();
  clock.jump(120_000);
  expect(clock.now() - before).toBeGreaterThanOrEqual(120_000);
  expect([early, late, never].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 0]);
});

test('a program with a skewed clock sees another time by all ways to ask for it', async () => {
  const program = `data:text/javascript,${encodeURIComponent(
    `process.send([Date.now(), new Date().getTime(), Date.parse(Date()), new Date(5).getTime(), new Date() instanceof Date]);setInterval(()=>{},1000)`,
  )}`;
  const skew = new URL('../src/world/skew-clock.ts', import.meta.url).href;
  const HOUR_MS = 3_600_000;
  await using child = await startChild(new URL('./run-module.ts', import.meta.url).href, {
    args: [program],
    nodeFlags: ['--import', skew],
    env: { CHAOS_CLOCK_SKEW_MS: String(-2 * HOUR_MS) },
  });
  const [now, constructed, called, given, isDate] = child.announcement as number[];
  const expected = Date.now() - 2 * HOUR_MS;
  for (const time of [now, constructed, called]) {
    expect(Math.abs((time ?? 0) - expected)).toBeLessThan(HOUR_MS / 2);
  }
  expect([given, isDate]).toEqual([5, true]);
});
