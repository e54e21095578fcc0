import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LogRow } from '../src/log/realtime-log.ts';
import { conversation, membership, message, openLog, type LogUnderTest } from './log-under-test.ts';

let under: LogUnderTest;
beforeAll(async () => {
  under = await openLog();
});
beforeEach(() => under.empty());
afterAll(() => under[Symbol.asyncDispose]());

const WINDOW_MS = 600_000;
const rows = async (): Promise<LogRow[]> => (await under.log.readAfter(0, 1_000)).rows;
const frames = async (): Promise<string[]> => (await rows()).map(({ frame }) => frame);
/** What a user who resumes from the beginning is sent. */
const replayed = async (userId: string): Promise<number[]> =>
  (await under.log.replay(userId, 0, 1_000, 1_000)).rows.map(({ sequence }) => sequence);

test('a change that is delivered again is in the log once', async () => {
  const { log } = under;
  const change = message('c', 'm', 2);
  expect(await log.append([conversation('c', 1, ['ann']), change])).toBe(2);
  expect(await log.append([change])).toBe(0);
  await log.sequence(0);
  expect(await log.append([change])).toBe(0);
  await log.sequence(0);
  expect(await rows()).toHaveLength(2);
});

test('a change waits for those before it, and is told after them', async () => {
  const { log } = under;
  await log.append([conversation('c', 1, ['ann'])]);
  await log.append([message('c', 'b', 3)]);
  await log.append([message('c', 'a', 2)]);
  expect(await log.sequence(WINDOW_MS)).toMatchObject({ sequenced: 0 });
  expect((await log.sequence(WINDOW_MS)).nextMs).toBeGreaterThan(0);
  await log.sequence(0);
  expect((await frames()).slice(1)).toEqual(['"body":"c/a@2"}', '"body":"c/b@3"}']);
});

test('a change that comes after a newer one of its conversation was told is told, and marked late', async () => {
  const { log } = under;
  await log.append([conversation('c', 1, ['ann']), message('c', 'b', 3)]);
  await log.sequence(0);
  await log.append([message('c', 'a', 2), message('c', 'c', 4)]);
  await log.sequence(0);
  expect((await rows()).map(({ late }) => late)).toEqual([false, false, true, false]);
});

test('an older state of a document that was told already is dropped', async () => {
  const { log } = under;
  await log.append([conversation('c', 1, ['ann']), message('c', 'm', 5)]);
  await log.sequence(0);
  await log.append([message('c', 'm', 4)]);
  expect(await log.sequence(0)).toMatchObject({ sequenced: 0, stale: 1 });
  expect(await rows()).toHaveLength(2);
});

test('of a write and a deletion with one version the deletion is told last', async () => {
  const { log } = under;
  const written = message('c', 'm', 2);
  await log.append([conversation('c', 1, ['ann']), { ...written, deleted: true, frame: 'gone' }]);
  await log.append([written]);
  await log.sequence(0);
  expect((await frames()).at(-1)).toBe('gone');
});

test('who sees a change is who took part then: who came or left before it decides, not who did later', async () => {
  const { log } = under;
  await log.append([
    conversation('c', 1, ['ann', 'bob']),
    message('c', 'm1', 2),
    conversation('c', 3, ['ann', 'cid']),
    message('c', 'm2', 4),
  ]);
  await log.sequence(0);
  expect((await rows()).map(({ audience, removed }) => [audience, removed])).toEqual([
    [['ann', 'bob'], []],
    [['ann', 'bob'], []],
    [['ann', 'cid'], ['bob']],
    [['ann', 'cid'], []],
  ]);
});

test('the same in two batches, whichever comes first', async () => {
  const { log } = under;
  await log.append([conversation('c', 3, ['ann', 'cid'])]);
  await log.sequence(0);
  await log.append([conversation('c', 1, ['ann', 'bob']), message('c', 'm1', 2)]);
  await log.sequence(0);
  // Late as they are, they are for those who take part now.
  expect((await rows()).map(({ audience }) => audience)).toEqual([
    ['ann', 'cid'],
    ['ann', 'cid'],
  ]);
});

test('a user who has left gets nothing on resume but that; who is still there gets all', async () => {
  const { log } = under;
  await log.append([
    conversation('c', 1, ['ann', 'bob']),
    message('c', 'm1', 2),
    conversation('c', 3, ['ann']),
    message('c', 'm2', 4),
  ]);
  await log.sequence(0);
  expect(await replayed('ann')).toEqual([1, 2, 3, 4]);
  const { rows: bobs } = await log.replay('bob', 0, 100, 100);
  expect(bobs.map(({ sequence, removed }) => [sequence, removed])).toEqual([[3, true]]);
  expect(await replayed('eve')).toEqual([]);
});

test('that a conversation is gone is told to those who were in it last, and nothing after it to anybody', async () => {
  const { log } = under;
  await log.append([
    conversation('c', 1, ['ann']),
    message('c', 'm1', 2),
    conversation('c', 3, null),
    message('c', 'm2', 4),
  ]);
  await log.sequence(0);
  expect((await rows()).map(({ audience }) => audience)).toEqual([['ann'], ['ann'], ['ann'], []]);
  expect(await replayed('ann')).toEqual([3]);
});

test('changes of a conversation that nobody knows wait for it, do not hold up others, and are dropped in the end', async () => {
  const { log } = under;
  await log.append([message('x', 'm1', 2), conversation('c', 1, ['ann']), message('y', 'm1', 2)]);
  expect(await log.sequence(0)).toMatchObject({ sequenced: 1 });
  expect((await log.sequence(0)).unknown.toSorted()).toEqual(['x', 'y']);
  await log.learn([membership('x', 1, 'bob')]);
  expect(await log.sequence(0)).toMatchObject({ sequenced: 1 });
  expect((await rows()).at(-1)).toMatchObject({ audience: ['bob'], conversationId: 'x' });
  expect(await log.dropUnknown(0)).toBe(1);
  expect((await log.sequence(0)).unknown).toEqual([]);
});

test('what somebody else knows of a conversation never replaces what is newer', async () => {
  const { log } = under;
  await log.append([conversation('c', 5, ['ann'])]);
  await log.sequence(0);
  await log.learn([membership('c', 4, 'ann', 'bob')]);
  expect(await log.members('c')).toEqual(['ann']);
  await log.learn([membership('c', 6, 'cid')]);
  expect(await log.members('c')).toEqual(['cid']);
});

test('a log is purged from its beginning by number and by age, and says from where it goes on', async () => {
  const { log } = under;
  await log.append([
    conversation('c', 1, ['ann']),
    ...Array.from({ length: 9 }, (_, at) => message('c', `m${at}`, 2 + at)),
  ]);
  await log.sequence(0);
  expect(await log.purge(WINDOW_MS, 4)).toBe(6);
  expect(await log.state()).toMatchObject({ first: 7, last: 10 });
  expect(await replayed('ann')).toEqual([7, 8, 9, 10]);
  await under.sql(
    "UPDATE realtime_events SET sequenced_at = now() - interval '1 day' WHERE sequence < 9",
  );
  expect(await log.purge(WINDOW_MS, 1_000)).toBe(2);
  expect(await log.state()).toMatchObject({ first: 9, last: 10 });
  expect(await under.sql('SELECT FROM realtime_audience')).toHaveLength(2);
});

test('the log begins anew when nobody has read the subscription for too long, and only then', async () => {
  const { log } = under;
  const { epoch } = await log.state();
  await log.alive(WINDOW_MS);
  expect(await log.alive(WINDOW_MS)).toBe(false);
  expect((await log.state()).epoch).toBe(epoch);
  await under.sql("UPDATE realtime_log SET alive_at = now() - interval '1 day'");
  expect(await log.alive(WINDOW_MS)).toBe(true);
  expect((await log.state()).epoch).not.toBe(epoch);
  expect(await log.alive(WINDOW_MS)).toBe(false);
});
