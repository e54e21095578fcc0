import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cohortOf,
  evaluateFlag,
  sqlMirrorReadPhase,
  useSqlMirrorDoubleWrite,
} from '../src/index.ts';
import { murmurHash } from '../src/murmur-hash.ts';

const flag = useSqlMirrorDoubleWrite.dm;
const on = (percentage: number) => ({
  [flag.key]: { value: false, rollout: [{ value: true, percentage }] },
});

describe('the cohort of a user', () => {
  test('is MurmurHash3, so that every implementation agrees', () => {
    expect(murmurHash('')).toBe(0);
    expect(murmurHash('test')).toBe(0xba6bd213);
    expect(murmurHash('Hello, world!')).toBe(0xc0363e43);
    expect(murmurHash('The quick brown fox jumps over the lazy dog')).toBe(0x2e4ff723);
  });

  test('never changes: these were given out once and hold for ever', () => {
    expect(['alice', 'bob', 'çağla', ''].map((user) => cohortOf(flag.key, user))).toEqual(
      PROMISED_COHORTS,
    );
  });

  test('is spread evenly over users that are named alike', () => {
    const users = 20_000;
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let user = 0; user < users; user += 1) {
      const tenth = Math.floor(cohortOf(flag.key, `user-${user}`) / 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    const expected = users / tenths.length;
    const chiSquare = tenths.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
    // The 0.999 quantile with nine degrees of freedom.
    expect(chiSquare).toBeLessThan(27.9);
  });

  test('of one flag says nothing about that of another', () => {
    const users = Array.from({ length: 10_000 }, (_, user) => `user-${user}`);
    const both = users.filter(
      (user) =>
        cohortOf(useSqlMirrorDoubleWrite.dm.key, user) < 50 &&
        cohortOf(useSqlMirrorDoubleWrite.follow.key, user) < 50,
    );
    expect(both.length / users.length).toBeCloseTo(0.25, 1);
  });
});

describe('a rollout', () => {
  test('that grows keeps everybody it had', () => {
    fc.assert(
      fc.property(fc.string(), percentage(), percentage(), (user, one, other) => {
        const [smaller, larger] = [Math.min(one, other), Math.max(one, other)];
        const before = evaluateFlag(flag, on(smaller), user).value;
        const after = evaluateFlag(flag, on(larger), user).value;
        expect(after || !before).toBe(true);
      }),
    );
  });

  test('of all takes everybody, of nothing nobody', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (user) => {
        expect(evaluateFlag(flag, on(100), user).value).toBe(true);
        expect(evaluateFlag(flag, on(0), user).value).toBe(false);
      }),
    );
  });

  test('moves a user through the phases in their order as its steps grow', () => {
    const phase = sqlMirrorReadPhase.dm;
    const rollout = (toC: number, toB: number) => ({
      [phase.key]: {
        value: 'A',
        rollout: [
          { value: 'C', percentage: toC },
          { value: 'B', percentage: toB },
        ],
      },
    });
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (user) => {
        const seen = [
          rollout(0, 0),
          rollout(0, 30),
          rollout(0, 100),
          rollout(40, 60),
          rollout(100, 0),
        ].map((flags) => evaluateFlag(phase, flags, user).value);
        expect([...seen].sort()).toEqual(seen);
        expect(seen.at(-1)).toBe('C');
      }),
    );
  });
});

const PROMISED_COHORTS = [55.91, 90.23, 44.25, 92.06];

function percentage(): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100);
}
