import { AynaError, dmMessage, SourceVersion, type MirrorChange } from '@ayna/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyBatch, type ApplyOptions } from '../src/apply-batch.ts';
import { backoffMs, DEFAULT_BACKOFF } from '../src/backoff.ts';

function changeOf(index: number): MirrorChange {
  return {
    entity: dmMessage,
    key: { conversationId: 'c', messageId: String(index) },
    sourceVersion: SourceVersion.fromMicros(1n),
    columns: null,
    eventId: `event-${index}`,
    syncSource: 'trigger',
    retryCount: 0,
  };
}

function optionsFor(apply: ApplyOptions['store']['apply']): ApplyOptions {
  return {
    store: { apply },
    backoff: { firstMs: 0, maxMs: 0 },
    signal: new AbortController().signal,
    onWait: () => undefined,
  };
}

test('rejects exactly the culprits and commits every neighbour once, whoever they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), async (culprits) => {
      const changes = culprits.map((_, index) => changeOf(index));
      const isCulprit = new Map(changes.map((change, index) => [change, culprits[index]]));
      const committed: MirrorChange[] = [];
      const verdicts = await applyBatch(
        changes,
        optionsFor((batch) => {
          if (batch.some((change) => isCulprit.get(change))) {
            return Promise.reject(new AynaError('SqlRejected', 'refused'));
          }
          committed.push(...batch);
          return Promise.resolve(batch.map(() => 'applied'));
        }),
      );
      expect(verdicts.map(({ kind }) => kind === 'rejected')).toEqual(culprits);
      expect(committed).toEqual(changes.filter((_, index) => !culprits[index]));
    }),
  );
});

test('waits an outage out in the midst of halving, and still finds exactly the culprit', async () => {
  let calls = 0;
  const waits: string[] = [];
  const verdicts = await applyBatch([0, 1, 2, 3, 4].map(changeOf), {
    ...optionsFor((batch) => {
      calls += 1;
      if (calls % 2 === 0) return Promise.reject(new AynaError('SqlUnavailable', 'away'));
      return batch.some(({ key }) => key.messageId === '3')
        ? Promise.reject(new AynaError('SqlRejected', 'refused'))
        : Promise.resolve(batch.map(() => 'applied'));
    }),
    onWait: ({ code }) => waits.push(code),
  });
  expect(verdicts.map(({ kind }) => kind).indexOf('rejected')).toBe(3);
  expect(verdicts.filter(({ kind }) => kind === 'committed')).toHaveLength(4);
  expect(new Set(waits)).toEqual(new Set(['SqlUnavailable']));
});

test('gives up waiting only when it is told to stop', async () => {
  const stopping = new AbortController();
  const waiting = applyBatch([changeOf(0)], {
    ...optionsFor(() => Promise.reject(new AynaError('SqlUnavailable', 'away'))),
    backoff: { firstMs: 60_000, maxMs: 60_000 },
    signal: stopping.signal,
    onWait: () => stopping.abort(),
  });
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});

test('pauses grow, never pass the longest pause, and always keep half of it', () => {
  fc.assert(
    fc.property(
      fc.nat(200),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, random) => {
        const pauseMs = backoffMs(DEFAULT_BACKOFF, attempt, () => random);
        const ceiling = Math.min(DEFAULT_BACKOFF.maxMs, DEFAULT_BACKOFF.firstMs * 2 ** attempt);
        expect(pauseMs).toBeGreaterThanOrEqual(ceiling / 2);
        expect(pauseMs).toBeLessThanOrEqual(ceiling);
      },
    ),
  );
});
