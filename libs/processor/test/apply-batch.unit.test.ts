import {
  AynaError,
  dmMessage,
  SourceVersion,
  type MirrorChange,
  type Outcome,
} from '@ayna/contract';
import { backoffMs, DEFAULT_BACKOFF, SqlGate, type BackoffPolicy } from '@ayna/platform';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyBatch } from '../src/apply-batch.ts';

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

const AT_ONCE: BackoffPolicy = { firstMs: 0, maxMs: 0 };

/** A gate and what it said. */
function gateFor(signal = new AbortController().signal, backoff = AT_ONCE) {
  const said: string[] = [];
  const gate = new SqlGate(backoff, signal, {
    waiting: ({ error, attempts }) => said.push(`${error.message} ${attempts}`),
    over: ({ attempts }) => said.push(`over ${attempts}`),
  });
  return { gate, said };
}

const away = () => Promise.reject(new AynaError('SqlUnavailable', 'away'));
const refused = () => Promise.reject(new AynaError('SqlRejected', 'refused'));
const applied = (batch: readonly MirrorChange[]): Promise<Outcome[]> =>
  Promise.resolve(batch.map(() => 'applied'));

test('rejects exactly the culprits and commits every neighbour once, whoever they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), async (culprits) => {
      const changes = culprits.map((_, index) => changeOf(index));
      const isCulprit = new Map(changes.map((change, index) => [change, culprits[index]]));
      const committed: MirrorChange[] = [];
      const apply = (batch: readonly MirrorChange[]) => {
        if (batch.some((change) => isCulprit.get(change))) return refused();
        committed.push(...batch);
        return applied(batch);
      };
      const verdicts = await applyBatch(changes, { apply }, gateFor().gate);
      expect(verdicts.map(({ kind }) => kind === 'rejected')).toEqual(culprits);
      expect(committed).toEqual(changes.filter((_, index) => !culprits[index]));
    }),
  );
});

test('waits an outage out in the midst of halving, and still finds exactly the culprit', async () => {
  let calls = 0;
  const apply = (batch: readonly MirrorChange[]) => {
    calls += 1;
    if (calls % 2 === 0) return away();
    return batch.some(({ key }) => key.messageId === '3') ? refused() : applied(batch);
  };
  const verdicts = await applyBatch([0, 1, 2, 3, 4].map(changeOf), { apply }, gateFor().gate);
  expect(verdicts.map(({ kind }) => kind).indexOf('rejected')).toBe(3);
  expect(verdicts.filter(({ kind }) => kind === 'committed')).toHaveLength(4);
});

test('a database that is not equal to a whole batch gets it in parts', async () => {
  const apply = (batch: readonly MirrorChange[]) => (batch.length > 3 ? away() : applied(batch));
  const changes = Array.from({ length: 20 }, (_, index) => changeOf(index));
  const verdicts = await applyBatch(changes, { apply }, gateFor().gate);
  expect(verdicts).toEqual(changes.map(() => ({ kind: 'committed', outcome: 'applied' })));
});

test('gives up waiting only when it is told to stop', async () => {
  const stopping = new AbortController();
  const { gate } = gateFor(stopping.signal, { firstMs: 60_000, maxMs: 60_000 });
  const waiting = Promise.all([
    expect(applyBatch([changeOf(0)], { apply: away }, gate)).rejects.toThrow(/abort/i),
    expect(applyBatch([changeOf(1)], { apply: away }, gate)).rejects.toThrow(/abort/i),
  ]);
  await expect.poll(() => gate.outage).toBeDefined();
  stopping.abort();
  await waiting;
});

test('one batch finds out whether SQL is back, and what it finds is said once', async () => {
  const { gate, said } = gateFor();
  let attempts = 0;
  let probes = 0;
  const apply = (batch: readonly MirrorChange[]) => {
    attempts += 1;
    if (attempts > 4) probes += 1;
    return attempts <= 10 ? away() : applied(batch);
  };
  const batches = [0, 1, 2, 3].map((index) => applyBatch([changeOf(index)], { apply }, gate));
  for (const verdicts of await Promise.all(batches)) expect(verdicts).toHaveLength(1);
  // Four in flight fail, then one of them asks again and again, then the three others go on.
  expect(probes).toBe(10);
  expect(said).toEqual([1, 2, 3, 4, 5, 6, 7].map((at) => `away ${at}`).concat('over 7'));
  expect(gate.outage).toBeUndefined();
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
