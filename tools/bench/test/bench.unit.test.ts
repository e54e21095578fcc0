import { describe, expect, test } from 'vitest';
import { readCommandLine } from '../src/command-line.ts';
import { median } from '../src/median.ts';
import { eventsOf, makeBacklog } from '../src/mirror/backlog.ts';

describe('the command line', () => {
  test('has the defaults of the published figures', () => {
    expect(readCommandLine(['mirror', '--json'], ['mirror'])).toEqual({
      name: 'mirror',
      events: 50_000,
      rounds: 3,
      json: true,
    });
  });

  test.for([[], ['nonsense'], ['mirror', 'more'], ['mirror', '--fast'], ['mirror', '--events=0']])(
    'is refused in one sentence when it is wrong: %j',
    (args) => {
      expect(() => readCommandLine(args, ['mirror'])).toThrow(
        expect.objectContaining({
          code: 'InputInvalid',
          message: expect.not.stringContaining('\n') as string,
        }),
      );
    },
  );
});

describe('a backlog', () => {
  test('is the same for the same number of events', () => {
    expect(eventsOf(makeBacklog(500))).toEqual(eventsOf(makeBacklog(500)));
  });

  test('holds creates, updates and deletes of every entity', () => {
    const types = new Set(eventsOf(makeBacklog(1_000)).map(({ type }) => type));
    expect(types.size).toBe(9);
  });

  test('knows how many rows and tombstones it ends in', () => {
    const backlog = makeBacklog(2_000);
    const deleted = new Map(backlog.changes.map(({ path, after }) => [path, after === undefined]));
    expect(deleted.size).toBe(backlog.rows);
    expect([...deleted.values()].filter(Boolean).length).toBe(backlog.tombstones);
  });
});

test('the median is the middle value, or the mean of the two', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, 0]);
});
