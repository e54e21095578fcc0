import { expect, test } from 'vitest';
import { events, openLetters } from './dead-letters-under-test.ts';

const MANY = 20_000;
/** For a machine that has much else to do. */
const TIMEOUT_MS = 300_000;

test(
  'the last few of 20,000 letters are replayed, the others stay in order and can all be discarded',
  { timeout: TIMEOUT_MS },
  async () => {
    await using t = await openLetters();
    await t.bury(events(MANY));
    const before = (await t.all()).map(({ sequenceNumber }) => sequenceNumber);
    const few = new Set(before.slice(-3));
    expect(await t.letters.replay({ ...t.run, filter: { sequenceNumbers: few } })).toEqual({
      done: 3,
      skipped: 0,
      gone: 0,
      left: 0,
    });
    const after = (await t.all()).map(({ sequenceNumber }) => sequenceNumber);
    expect(after).toEqual(before.slice(0, -3));

    // All of them: that none is locked any more shows in that all can be had.
    expect(await t.letters.discard(t.run)).toMatchObject({ done: MANY - 3, left: 0 });
    expect(t.audited).toHaveLength(MANY);
    expect(await t.all()).toEqual([]);
  },
);
