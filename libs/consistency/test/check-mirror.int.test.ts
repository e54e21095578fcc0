import { dmMessage, entities, SourceVersion } from '@ayna/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkMirror, type CheckOptions, type CheckSummary } from '../src/index.ts';
import { openMirrorUnderCheck, type MirrorUnderCheck } from './mirror-under-check.ts';

let mirror: MirrorUnderCheck;
beforeAll(async () => {
  mirror = await openMirrorUnderCheck();
});
afterAll(() => mirror[Symbol.asyncDispose]());
beforeEach(() => mirror.clear());

const FAR_FUTURE = 9_000_000_000_000_000_000n;
const QUICK = { pauseMs: 1 };

function check(options: Partial<CheckOptions> = {}): Promise<CheckSummary> {
  const { source, store } = mirror;
  return checkMirror({ entities, source, store, recheck: QUICK, ...options });
}

/** What was found, by path: kind and fields. */
function foundIn({ entities: checked }: CheckSummary): Record<string, readonly string[]> {
  return Object.fromEntries(
    checked
      .flatMap(({ examples }) => examples)
      .map(({ path, kind, fields }) => [path, [kind, ...fields]]),
  );
}

const message = (id: string) => `conversations/c/messages/${id}`;
const NESTED = { url: 'gs://x', size: { width: 1, height: 2 } };

async function threeMessages(): Promise<void> {
  await mirror.write({
    [message('a')]: { authorId: 'u1', body: 'merhaba', media: NESTED },
    [message('b')]: { authorId: 'u2', body: 'selam' },
    [message('c')]: { authorId: 'u3', body: 'hoşça kal' },
    'conversations/c': { ownerId: 'u1', peerIds: ['u2', 'u3'] },
    'follows/u1/targets/u2': { edgeType: 'follow' },
  });
  await mirror.mirror();
}

describe('a mirror in step', () => {
  beforeEach(threeMessages);

  test('has no drift, and each document is checked once', async () => {
    const summary = await check();
    expect(summary.total).toMatchObject({ checked: 5, driftPercent: 0, inFlight: 0 });
    const counts = Object.fromEntries(
      summary.entities.map(({ entity, checked }) => [entity, checked]),
    );
    expect(counts).toMatchObject({ 'dm.conversation': 1, 'dm.message': 3, 'follow.edge': 1 });
    expect(summary.complete).toBe(true);
  });

  test('is told from JSON columns by what they mean, not by how they are written', async () => {
    await mirror.tamper(
      `UPDATE dm_messages_mirror SET media = '{"size": {"height":2, "width":1}, "url":"gs://x"}' WHERE message_id = 'a'`,
    );
    expect(foundIn(await check())).toEqual({});
  });

  test('may have tombstones, which are not counted', async () => {
    await mirror.putRow(message('gone'), 5n, null);
    expect((await check()).total).toMatchObject({ checked: 5, driftPercent: 0 });
  });
});

describe('of a row that was tampered with, the check finds', () => {
  beforeEach(threeMessages);

  test.for([
    [
      'a column changed by one character',
      `UPDATE dm_messages_mirror SET body = 'merhabA' WHERE message_id = 'a'`,
      ['different', 'body'],
    ],
    [
      'several columns changed',
      `UPDATE dm_messages_mirror SET body = NULL, media = '{"url":"gs://y"}', author_id = '' WHERE message_id = 'a'`,
      ['different', 'authorId', 'body', 'media'],
    ],
    [
      'a version in the far future, with the right columns',
      `UPDATE dm_messages_mirror SET source_version = ${FAR_FUTURE} WHERE message_id = 'a'`,
      ['different', 'sourceVersion'],
    ],
    [
      'a version in the past',
      `UPDATE dm_messages_mirror SET source_version = 1 WHERE message_id = 'a'`,
      ['stale'],
    ],
    ['the row deleted', `DELETE FROM dm_messages_mirror WHERE message_id = 'a'`, ['missingInSql']],
    [
      'a tombstone made of it',
      `UPDATE dm_messages_mirror SET deleted_at = now() WHERE message_id = 'a'`,
      ['missingInSql'],
    ],
    [
      'a tombstone in the far future',
      `UPDATE dm_messages_mirror SET deleted_at = now(), source_version = ${FAR_FUTURE} WHERE message_id = 'a'`,
      ['missingInSql'],
    ],
  ] as const)('%s', async ([, statement, found]) => {
    await mirror.tamper(statement);
    const summary = await check();
    expect(foundIn(summary)).toEqual({ [message('a')]: found });
    expect(summary.total.driftPercent).toBe(20);
  });

  test('a row invented, and one revived', async () => {
    await mirror.putRow(message('0'), 5n, null);
    await mirror.tamper(`UPDATE dm_messages_mirror SET deleted_at = NULL WHERE message_id = '0'`);
    await mirror.tamper(
      `INSERT INTO dm_messages_mirror (conversation_id, message_id, source_version, event_id, mirrored_at)
       VALUES ('zzz', 'z', 1, 'x', now()), ('a/b', '', 1, 'x', now()), ('__no__', '.', 1, 'x', now())`,
    );
    const summary = await check();
    expect(foundIn(summary)).toEqual({
      [message('0')]: ['missingInFirestore'],
      'conversations/zzz/messages/z': ['missingInFirestore'],
      'conversations/a/b/messages/': ['missingInFirestore'],
      'conversations/__no__/messages/.': ['missingInFirestore'],
    });
    expect(summary.total).toMatchObject({ checked: 9, missingInFirestore: 4, unrepairable: 2 });
  });
});

test('a document that can never be mirrored is told with the reason, and is not repairable', async () => {
  await mirror.write({ [message('a')]: { body: 7 }, [message('b')]: { body: 'ok' } });
  await mirror.putRow(message('b'), 1n, null);
  const { total, entities: checked } = await check();
  expect(total).toMatchObject({ missingInSql: 2, unrepairable: 1 });
  const [first] = checked.flatMap(({ examples }) => examples);
  expect(first?.unrepairable).toContain('"body" is a number, expected a string');
});

test('a check since a time looks at what either side changed from then on, at rows without a document, and at nothing else', async () => {
  await mirror.write({
    [message('old')]: { body: 'old' },
    [message('ahead')]: { body: 'x' },
    [message('gone')]: { body: 'x' },
  });
  await mirror.mirror();
  await mirror.write({ [message('gone')]: undefined });
  await mirror.tamper(`UPDATE dm_messages_mirror SET body = 'y'`);
  const [newest] = await mirror.source.readMany(dmMessage, [
    { conversationId: 'c', messageId: 'old' },
  ]);
  const since = newest?.readTime ?? SourceVersion.fromMicros(0n);
  await mirror.write({ [message('new')]: { body: 'new' } });
  await mirror.tamper(
    `UPDATE dm_messages_mirror SET source_version = ${FAR_FUTURE} WHERE message_id = 'ahead'`,
  );
  const summary = await check({ mode: { kind: 'since', since } });
  expect(foundIn(summary)).toEqual({
    [message('ahead')]: ['different', 'sourceVersion', 'body'],
    [message('gone')]: ['missingInFirestore'],
    [message('new')]: ['missingInSql'],
  });
  expect(summary.total.checked).toBe(3);
});
