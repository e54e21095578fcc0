import {
  dmMessage,
  entities,
  encodeDocument,
  projectDocument,
  type MirrorChange,
} from '@ayna/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkMirror, type CheckSummary } from '../src/index.ts';
import { openMirrorUnderCheck, type MirrorUnderCheck } from './mirror-under-check.ts';

const DOCUMENTS = 2_000;

/** 2,000 messages, of which every tenth has no row, and every tenth row has no document. */
let mirror: MirrorUnderCheck;
beforeAll(async () => {
  mirror = await openMirrorUnderCheck();
  const ids = Array.from({ length: DOCUMENTS }, (_, at) => String(at).padStart(5, '0'));
  await mirror.write(
    Object.fromEntries(ids.map((id) => [`conversations/c/messages/${id}`, { body: id }])),
  );
  const changes: MirrorChange[] = [];
  for await (const { key, state } of mirror.source.scan(dmMessage)) {
    const columns = projectDocument(dmMessage, encodeDocument(state.fields));
    const change = {
      entity: dmMessage,
      sourceVersion: state.version,
      columns,
      eventId: 'e',
      syncSource: 'trigger' as const,
      retryCount: 0,
    };
    if (changes.length % 10 !== 0) changes.push({ ...change, key });
    else changes.push({ ...change, key: { ...key, messageId: `${key.messageId ?? ''}+` } });
  }
  await mirror.store.apply(changes);
});
afterAll(() => mirror[Symbol.asyncDispose]());

const sample = (fraction: number, seed: number): Promise<CheckSummary> =>
  checkMirror({
    entities: [dmMessage],
    source: mirror.source,
    store: mirror.store,
    recheck: { pauseMs: 1 },
    maxExamples: DOCUMENTS,
    mode: { kind: 'sample', fraction, seed },
  });

test('a sample sees both directions: what SQL lacks and what it has too much', async () => {
  const { total } = await sample(0.25, 1);
  expect(total.checked).toBeGreaterThan(DOCUMENTS / 8);
  expect(total.checked).toBeLessThan(DOCUMENTS / 2);
  expect(total.missingInSql).toBeGreaterThan(0);
  expect(Math.abs(total.missingInSql - total.missingInFirestore)).toBeLessThanOrEqual(5);
  expect(total.driftPercent).toBeCloseTo((400 / 2_200) * 100, 0);
});

test('the same seed takes the same sample, another one another', async () => {
  const found = async (seed: number) => {
    const [checked] = (await sample(0.1, seed)).entities;
    return (checked?.examples ?? [])
      .map(({ path }) => path)
      .toSorted()
      .join();
  };
  expect(await found(7)).toBe(await found(7));
  const seeds = [1, 2, 3, 4, 5, 6];
  const samples = new Set<string>();
  for (const seed of seeds) samples.add(await found(seed));
  expect(samples.size).toBeGreaterThan(1);
});

test('a sample of all is the full check', async () => {
  const { total } = await sample(1, 1);
  expect(total).toMatchObject({ checked: 2_200, missingInSql: 200, missingInFirestore: 200 });
});

test('a sample of next to nothing looks at one range of each entity', async () => {
  const { entities: checked } = await checkMirror({
    ...mirror,
    entities,
    recheck: { pauseMs: 1 },
    mode: { kind: 'sample', fraction: 1e-9, seed: 3 },
  });
  expect(checked.find(({ entity }) => entity === 'dm.message')?.checked).toBeGreaterThan(0);
});
