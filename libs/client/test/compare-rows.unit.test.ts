import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareRows, type ListHead } from '../src/read/compare-rows.ts';
import { DriftWatch } from '../src/read/drift-watch.ts';
import { newestFirst, type MessageRow } from '../src/read/row-kind.ts';
import { messageKind } from '../src/read/sql-mirror-message-repository.ts';

/** Few ids and times, so that rows meet. */
const row: fc.Arbitrary<MessageRow> = fc.record({
  conversationId: fc.constant('c'),
  messageId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  authorId: fc.constantFrom('ada', 'bob'),
  body: fc.constantFrom('x', 'y', null),
  media: fc.constantFrom(null, { a: 1, b: [true] }),
  createdAt: fc.constantFrom(...[1, 2, 3, 4].map((at) => `2026-11-21T10:00:0${at}.000000Z`)),
  updatedAt: fc.constant(null),
});
const list: fc.Arbitrary<MessageRow[]> = fc
  .uniqueArray(row, { selector: ({ messageId }) => messageId })
  .map((rows) => rows.sort(newestFirst(messageKind)));

/** The first rows of a list, as a page of it. */
const headOf = (rows: readonly MessageRow[], limit: number): ListHead<MessageRow> => ({
  rows: rows.slice(0, limit),
  isWhole: rows.length < limit,
});
const byId = (rows: readonly MessageRow[]) => new Map(rows.map((one) => [one.messageId, one]));

describe('the comparison of two sources', () => {
  test('finds nothing between a list and itself, however far each side was read', () => {
    fc.assert(
      fc.property(
        list,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        (...args) => {
          const [rows, one, other] = args;
          const { differences } = compareRows(messageKind, headOf(rows, one), headOf(rows, other));
          expect([...differences]).toEqual([]);
        },
      ),
    );
  });

  test('does not depend on the order of the keys in JSON', () => {
    const one = { createdAt: 't', media: { a: 1, b: 2 } } as unknown as MessageRow;
    const other = { createdAt: 't', media: { b: 2, a: 1 } } as unknown as MessageRow;
    const { differences } = compareRows(
      messageKind,
      { rows: [one], isWhole: true },
      { rows: [other], isWhole: true },
    );
    expect(differences.size).toBe(0);
  });

  test('of whole lists finds exactly the rows that differ, and checks every row once', () => {
    fc.assert(
      fc.property(list, list, (left, right) => {
        const { checked, differences } = compareRows(
          messageKind,
          { rows: left, isWhole: true },
          { rows: right, isWhole: true },
        );
        const [lefts, rights] = [byId(left), byId(right)];
        const ids = [...new Set([...lefts.keys(), ...rights.keys()])];
        const differing = ids.filter(
          (id) => JSON.stringify(lefts.get(id)) !== JSON.stringify(rights.get(id)),
        );
        expect([...differences.keys()].sort()).toEqual(differing.sort());
        expect(checked).toBe(ids.length);
      }),
    );
  });

  test('of parts of two lists finds nothing that is the same in the whole lists', () => {
    fc.assert(
      fc.property(list, list, fc.integer({ min: 1, max: 8 }), (left, right, limit) => {
        const { differences } = compareRows(messageKind, headOf(left, limit), headOf(right, limit));
        const [lefts, rights] = [byId(left), byId(right)];
        for (const id of differences.keys()) expect(lefts.get(id)).not.toEqual(rights.get(id));
      }),
    );
  });

  test('takes a difference for drift only when it stays the same for longer than the grace', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2')),
            fc.nat(9_000),
          ),
        ),
        (looks) => {
          const graceMs = 5_000;
          const watch = new DriftWatch(graceMs);
          const since = new Map<string, { difference: string; at: number }>();
          let now = 0;
          for (const [seen, pause] of looks) {
            now += pause;
            const differences = new Map(Object.entries(seen));
            const { checked, keys } = watch.look({ checked: 10, differences }, now);
            for (const key of ['a', 'b']) {
              const difference = differences.get(key);
              const known = since.get(key);
              if (difference === undefined) since.delete(key);
              else if (known?.difference !== difference) since.set(key, { difference, at: now });
              const isDrift =
                known?.difference === difference && now - (known?.at ?? now) >= graceMs;
              expect(keys.includes(key)).toBe(difference !== undefined && isDrift);
            }
            expect(checked).toBe(10 - (differences.size - keys.length));
          }
        },
      ),
    );
  });
});
