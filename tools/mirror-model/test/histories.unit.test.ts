import { entities, type MirrorChange } from '@ayna/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { histories, keyText, modelRows, spread, spreads } from '../src/index.ts';

const lifeOf = (change: MirrorChange, history: readonly MirrorChange[]) =>
  history.filter((other) => keyText(other) === keyText(change));

describe('histories', () => {
  test('hold creations, updates, deletions, creations anew and ties, of every entity', () => {
    const seen = new Set<string>();
    // What a fair draw holds is a matter of chance; a fixed one holds it or does not.
    for (const history of fc.sample(histories(), { seed: 1, numRuns: 1_000 })) {
      for (const change of history) {
        const life = lifeOf(change, history);
        const before = life[life.indexOf(change) - 1];
        const again = change.operation === 'create' && before !== undefined;
        const tie = before?.sourceVersion.compare(change.sourceVersion) === 0;
        seen.add(`${change.entity.name} ${change.operation}${again ? ' anew' : ''}`);
        if (tie) seen.add(`${change.entity.name} tie`);
      }
    }
    const kinds = ['create', 'update', 'delete', 'create anew', 'tie'];
    expect([...seen].sort()).toEqual(
      entities.flatMap(({ name }) => kinds.map((kind) => `${name} ${kind}`)).sort(),
    );
  });

  test('never give two commits of a document one version, unless told so', () => {
    fc.assert(
      fc.property(histories({ ties: false }), (history) => {
        const versions = history.map(
          (change) => `${keyText(change)}@${change.sourceVersion.toString()}`,
        );
        expect(new Set(versions).size).toBe(history.length);
      }),
    );
  });

  test('leave one row for each document, whose version is the last of its life', () => {
    fc.assert(
      fc.property(histories(), (history) => {
        const rows = entities.flatMap((entity) => modelRows(entity, history));
        expect(rows).toHaveLength(new Set(history.map(keyText)).size);
        const last = new Set(history.map((change) => lifeOf(change, history).at(-1)?.eventId));
        expect(new Set(rows.map(({ eventId }) => eventId))).toEqual(last);
      }),
    );
  });
});

describe('deliveries', () => {
  test('hold everything that is required, and else only what may be repeated', () => {
    fc.assert(
      fc.property(spreads(), fc.uniqueArray(fc.nat()), (spreading, required) => {
        const told = spread(spreading, required).flat(2);
        expect(new Set(told)).toEqual(new Set(required));
      }),
    );
    expect(spread([], ['a'], []).flat(2)).toEqual(['a']);
  });

  test('repeat, shuffle, cut into batches and share out between two lanes', () => {
    const seen = new Set<string>();
    for (const spreading of fc.sample(spreads(), { seed: 1, numRuns: 300 })) {
      const lanes = spread(spreading, [1, 2, 3]);
      const told = lanes.flat(2);
      if (told.length > 3) seen.add('repeats');
      if (lanes.every((batches) => batches.length > 1)) seen.add('lanes of batches');
      if (lanes.flat().some((batch) => batch.length > 2)) seen.add('large batches');
      if (told.indexOf(3) < told.indexOf(1)) seen.add('out of order');
    }
    expect(seen.size).toBe(4);
  });
});
