import type { Outcome } from '@ayna/contract';
import { keyText } from '@ayna/mirror-model';
import { describe, expect, test } from 'vitest';
import { accountRound } from '../src/contention/account-round.ts';
import { planRound } from '../src/contention/plan-round.ts';

const { changes } = planRound(1, 1, false);
const last = new Map(changes.map((change, at) => [keyText(change), at]));
const [winner = 0] = last.values();
const loser = changes.findIndex((change, at) => last.get(keyText(change)) !== at);

/** One writer was first with every last change; nothing else came in time. */
function answers(): [Outcome[], Outcome[]] {
  const isLast = changes.map((change, at) => last.get(keyText(change)) === at);
  return [
    isLast.map((is) => (is ? 'applied' : 'stale')),
    isLast.map((is) => (is ? 'duplicate' : 'stale')),
  ];
}

/** Those answers, with another one to one change. */
function answersBut(writer: 0 | 1, at: number, outcome: Outcome): Outcome[][] {
  const told = answers();
  told[writer][at] = outcome;
  return told;
}

describe('the account of a round', () => {
  test('finds nothing where each last change was applied once and known to the other', () => {
    expect(accountRound(changes, answers())).toEqual([]);
  });

  test.for([
    ['a last change that nobody applied', answersBut(0, winner, 'duplicate'), 'the last change'],
    ['a last change that was called stale', answersBut(1, winner, 'stale'), 'the last change'],
    ['a change applied twice', answersBut(1, winner, 'applied'), 'applied more than once'],
    ['a duplicate of nothing', answersBut(0, loser, 'duplicate'), 'a duplicate of nothing'],
    ['a change without an answer', [answers()[0], answers()[1].slice(0, -1)], 'not answered'],
  ] as const)('finds %s', ([, told, says]) => {
    const faults = accountRound(changes, told);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(says);
  });
});

describe('a round', () => {
  test('is the same for the same seed and number, and another for others', () => {
    expect(planRound(1, 2, false)).toEqual(planRound(1, 2, false));
    expect(planRound(1, 2, false)).not.toEqual(planRound(2, 2, false));
    expect(planRound(1, 2, false)).not.toEqual(planRound(1, 3, false));
  });

  test('has writes, deletions and repairs of every entity; the last one leaves nothing to repair', () => {
    const rounds = [0, 1, 2, 3, 4, 5].map((number) => planRound(1, number, false));
    const kinds = rounds
      .flatMap((round) => round.changes)
      .map(({ entity, columns, replaces }) =>
        [entity.name, columns ? 'write' : 'deletion', replaces ? 'repair' : ''].join(' '),
      );
    expect(new Set(kinds).size).toBe(12);
    const future = planRound(1, 3, true).changes.filter(({ eventId }) =>
      eventId.endsWith(':future'),
    );
    expect(future).toEqual([]);
  });
});
