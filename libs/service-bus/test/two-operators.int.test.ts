import { expect, test } from 'vitest';
import { event, events, openLetters } from './dead-letters-under-test.ts';

/** Event ids of messages, sorted. */
function idsOf(messages: readonly { applicationProperties?: Record<string, unknown> }[]): string[] {
  return messages
    .map(({ applicationProperties }) => String(applicationProperties?.cloudEvents_id))
    .sort();
}

test('two operators at once replay every letter once', async () => {
  await using t = await openLetters();
  const all = events(1_200);
  await t.bury(all);
  const other = t.operator();
  const reports = await Promise.all([t.letters.replay(t.run), other.letters.replay(t.run)]);
  expect(reports.reduce((sum, { done }) => sum + done, 0)).toBe(1_200);
  for (const { done, gone, left } of reports) expect([done + gone, left]).toEqual([1_200, 0]);
  expect(idsOf(await t.delivered())).toEqual(idsOf(all));
  expect(await t.all()).toEqual([]);
});

test('two operators who are after different letters get past what the other holds', async () => {
  await using t = await openLetters();
  const all = events(60);
  await t.bury(
    all.filter((_, index) => index % 2 === 0),
    'SqlRejected',
  );
  await t.bury(
    all.filter((_, index) => index % 2 === 1),
    'Oversize',
  );
  const other = t.operator();
  const reports = await Promise.all([
    t.letters.replay({ ...t.run, filter: { reasons: ['SqlRejected'] } }),
    other.letters.replay({ ...t.run, filter: { reasons: ['Oversize'] } }),
  ]);
  expect(reports.map(({ done, left }) => [done, left])).toEqual([
    [30, 0],
    [30, 0],
  ]);
  expect(await t.all()).toEqual([]);
});

test('letters that somebody else keeps locked are told as left, and the others are replayed', async () => {
  await using t = await openLetters();
  await t.bury(events(10));
  const receiver = t.operator().client.createReceiver('mirror', 'sql-writer', {
    subQueueType: 'deadLetter',
  });
  expect(await receiver.receiveMessages(4)).toHaveLength(4);
  const waited: number[] = [];
  const report = await t.letters.replay({
    ...t.run,
    patienceMs: 1_000,
    onWait: (locked) => waited.push(locked),
  });
  expect(report).toEqual({ done: 6, skipped: 0, gone: 0, left: 4 });
  expect(waited.at(-1)).toBe(4);
});

test('letters whose lock a killed run left behind are replayed once it has run out', async () => {
  await using t = await openLetters(1_500);
  await t.bury(events(10));
  const receiver = t.operator().client.createReceiver('mirror', 'sql-writer', {
    subQueueType: 'deadLetter',
    maxAutoLockRenewalDurationInMs: 0,
  });
  expect(await receiver.receiveMessages(10)).toHaveLength(10);
  const report = await t.letters.replay(t.run);
  expect(report).toMatchObject({ done: 10, left: 0 });
});

test('letters that arrive during a run are left for the next, and do not keep it from ending', async () => {
  await using t = await openLetters();
  await t.bury(events(20));
  const newest = (await t.all()).at(-1)?.sequenceNumber ?? 0n;
  let late = 0;
  const report = await t.letters.replay({
    ...t.run,
    rate: 40,
    audit: async (records) => {
      late += 1;
      await t.bury([event(`late${late}`)]);
      await t.run.audit(records);
    },
  });
  expect(report).toEqual({ done: 20, skipped: 0, gone: 0, left: 0 });
  const after = await t.all();
  expect(after).toHaveLength(late);
  expect(after.every(({ sequenceNumber }) => sequenceNumber > newest)).toBe(true);
});

test('locks are renewed while a slow replay goes on: nothing is sent twice or lost', async () => {
  await using t = await openLetters(1_500);
  const all = events(40);
  await t.bury(all);
  const wanted = new Set(
    (await t.all()).filter((_, index) => index % 4 === 3).map((one) => one.sequenceNumber),
  );
  const report = await t.letters.replay({
    ...t.run,
    rate: 2,
    filter: { sequenceNumbers: wanted },
  });
  expect(report).toMatchObject({ done: 10, left: 0 });
  expect(t.audited).toHaveLength(10);
  expect(idsOf(await t.delivered())).toEqual(idsOf(all.filter((_, index) => index % 4 === 3)));
  expect(await t.all()).toHaveLength(30);
});
