import { randomBytes } from 'node:crypto';
import { SourceVersion } from '@ayna/contract';
import { mirroredConversation, mirroredFollow, mirroredMessage } from '@ayna/contract/gateway';
import { runs } from '@ayna/mirror-model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  openMirrorReads,
  type ListedRows,
  type ListPosition,
  type MirrorReads,
} from '../../src/index.ts';
import { conversationRow, deleted, followRow, messageRow } from '../sample-rows.ts';
import type { StoreUnderTest } from '../store-under-test.ts';

type Read<Row> = (limit: number, after?: ListPosition) => Promise<ListedRows<Row>>;

/** Guarantees about the pages that clients read. */
export function describeLists(open: () => StoreUnderTest): void {
  const reads = (): MirrorReads => openMirrorReads(open().database);

  /** Every row of a list, read in parts; each part is as long as was asked for, but for the last. */
  const walk = async <Row>(read: Read<Row>, limit: number): Promise<Row[]> => {
    const rows: Row[] = [];
    let after: ListPosition | null | undefined;
    do {
      const part = await read(limit, after ?? undefined);
      expect(part.rows.length).toBeLessThanOrEqual(limit);
      if (part.next) expect(part.rows.length).toBe(limit);
      rows.push(...part.rows);
      after = part.next;
    } while (after);
    return rows;
  };

  const ids = fc.stringMatching(/^[aB' %_é😀\uFFEE]{1,3}$/u);
  const times = fc.option(
    fc.constantFrom(
      '0001-01-01T00:00:00.000000Z',
      '1969-12-31T23:59:59.999999Z',
      '2026-01-02T03:04:05.678901Z',
      '2026-01-02T03:04:05.678902Z',
      '2026-01-02T03:04:05.000000Z',
      '9999-12-31T23:59:59.999999Z',
    ),
    { freq: 4 },
  );

  test('gives each message of a conversation once, by creation and id, in pages of any length', async () => {
    const messages = fc.uniqueArray(fc.record({ id: ids, createdAt: times, gone: fc.boolean() }), {
      selector: ({ id }) => id,
      minLength: 1,
      maxLength: 20,
    });
    let conversation = 0;
    await fc.assert(
      fc.asyncProperty(messages, fc.integer({ min: 1, max: 21 }), async (drawn, limit) => {
        conversation += 1;
        const id = `lists ${conversation}`;
        await open().store.apply([
          ...drawn.map((each) => {
            const change = messageRow(id, each.id, { body: each.id, createdAt: each.createdAt });
            return each.gone ? deleted(change) : change;
          }),
          messageRow(`${id} `, 'of another conversation'),
        ]);
        const expected = drawn
          .filter(({ gone }) => !gone)
          .toSorted((a, b) => byPlace([a.createdAt, a.id], [b.createdAt, b.id]))
          .map((each) => ({ messageId: each.id, createdAt: each.createdAt, body: each.id }));
        const walked = (order: 'newest' | 'oldest') =>
          walk((length, after) => reads().messages(id, { limit: length, after, order }), limit);
        expect(await walked('oldest')).toMatchObject(expected);
        expect(await walked('newest')).toMatchObject(expected.toReversed());
        expect((await walked('oldest')).length).toBe(expected.length);
      }),
      runs(60),
    );
  });

  test('reads rows exactly as the contract has them, and nothing else of them', async () => {
    const media = { a: [1, '{"b":null}', { snake_case: true, camelCase: [-1.5, null] }] };
    const createdAt = '2026-01-02T03:04:05.678901Z';
    const text = `'; DROP TABLE dm_messages_mirror; -- ${'ü'.repeat(3_000)}`;
    await open().store.apply([
      messageRow('exact', 'm', { authorId: 'a', body: text, media, createdAt }),
      messageRow('exact', 'n'),
      conversationRow('exact', { ownerId: 'exact owner', peerIds: ['p'], updatedAt: createdAt }),
      followRow('exact owner', 't', { createdAt, edgeType: 'follow' }),
    ]);
    const { rows } = await reads().messages('exact', { limit: 2, order: 'oldest' });
    expect(rows).toEqual([
      mirroredMessage.strict().parse({
        ...{ conversationId: 'exact', messageId: 'n', authorId: null, body: null, media: null },
        ...{ createdAt: null, updatedAt: null, sourceVersion: '1760000000000001' },
      }),
      mirroredMessage.strict().parse({
        ...{ conversationId: 'exact', messageId: 'm', authorId: 'a', body: text, media, createdAt },
        ...{ updatedAt: null, sourceVersion: '1760000000000001' },
      }),
    ]);
    const conversations = await reads().conversations('exact owner', { limit: 1 });
    expect(conversations.rows.map((row) => mirroredConversation.strict().parse(row))).toMatchObject(
      [{ peerIds: ['p'], updatedAt: createdAt, lastMessageAt: null }],
    );
    const follows = await reads().following('exact owner', { limit: 1 });
    expect(follows.rows.map((row) => mirroredFollow.strict().parse(row))).toMatchObject([
      { userId: 'exact owner', targetId: 't', createdAt, edgeType: 'follow' },
    ]);
  });

  test('gives a user the conversations it takes part in and no other, the latest active first', async () => {
    const at = (second: number) => `2026-01-01T00:00:0${second}.000001Z`;
    const longOwner = randomBytes(20_000).toString('hex');
    const gone = conversationRow('part 9', { ownerId: 'part u' });
    await open().store.apply([
      conversationRow('part 1', { ownerId: 'part u', lastMessageAt: at(3), updatedAt: at(9) }),
      conversationRow('part 2', { ownerId: 'x', peerIds: ['part u', 'y'], updatedAt: at(5) }),
      conversationRow('part 3', { ownerId: 'part u', peerIds: ['part u'], lastMessageAt: at(3) }),
      conversationRow('part 4', { peerIds: 'part u' }),
      conversationRow('part 5', { ownerId: 'part U', peerIds: ['part u ', ' part u', 'PART U'] }),
      conversationRow('part 6', { peerIds: { peer: 'part u', 'part u': 1 } }),
      conversationRow('part 7', { peerIds: [['part u'], { id: 'part u' }, 7, null] }),
      conversationRow('part 8', { ownerId: 'part u ', peerIds: '["part u"]' }),
      deleted(gone),
      conversationRow('part 10', { lastMessageAuthorId: 'part u' }),
      conversationRow('part 11', { ownerId: longOwner, peerIds: [longOwner] }),
    ]);
    expect((await reads().conversations(longOwner, { limit: 9 })).rows.length).toBe(1);
    for (const limit of [1, 2, 10]) {
      const rows = await walk(
        (length, after) => reads().conversations('part u', { limit: length, after }),
        limit,
      );
      const mine = ['part 2', 'part 3', 'part 1', 'part 4'];
      expect(rows.map(({ conversationId }) => conversationId)).toEqual(mine);
    }
    const asked = ["part u' OR 1=1 --", 'part', 'part%', 'part _', '', 'ü'.repeat(2_000)];
    for (const user of asked) {
      expect(await reads().conversations(user, { limit: 10 })).toEqual({ rows: [], next: null });
    }
  });

  test('gives a user the conversations it takes part in now, whatever became of them before and in whatever order', async () => {
    const people = fc.constantFrom('u', 'u ', 'U', 'v', '');
    const state = fc.record({
      conversation: fc.constantFrom('a', 'b', 'c'),
      ownerId: fc.option(people),
      peerIds: fc.oneof(fc.constant(null), people, fc.array(people, { maxLength: 3 })),
      gone: fc.boolean(),
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(state, { maxLength: 4 }), { maxLength: 4 }),
        async (lives) => {
          round += 1;
          const named = (user: string) => `people ${round} ${user}`;
          const taking = new Map<string, Set<string>>();
          let version = 0;
          for (const batch of lives) {
            const changes = batch.map((each) => {
              version += 1;
              const { conversation, ownerId, peerIds } = each;
              const everyone = [ownerId, peerIds].flat().filter((user) => user !== null);
              taking.set(conversation, new Set(each.gone ? [] : everyone));
              const change = {
                ...conversationRow(`people ${round} ${conversation}`, {
                  ownerId: ownerId === null ? null : named(ownerId),
                  peerIds: Array.isArray(peerIds)
                    ? peerIds.map(named)
                    : peerIds === null
                      ? null
                      : named(peerIds),
                }),
                sourceVersion: SourceVersion.fromMicros(BigInt(version)),
              };
              return each.gone ? deleted(change) : change;
            });
            await open().store.apply(changes.toReversed());
          }
          for (const user of ['u', 'u ', 'U', 'v', '']) {
            const expected = [...taking].filter(([, everyone]) => everyone.has(user));
            const { rows: found } = await reads().conversations(named(user), { limit: 9 });
            expect(found.map(({ conversationId }) => conversationId).toSorted()).toEqual(
              expected.map(([conversation]) => `people ${round} ${conversation}`).toSorted(),
            );
          }
        },
      ),
      runs(40),
    );
  });

  test('ends a part before it outgrows what is asked for, but never without a row', async () => {
    const body = 'x'.repeat(1_000);
    await open().store.apply([1, 2, 3].map((n) => messageRow('large', `m${n}`, { body })));
    const lengths = async (maxBytes: number) => {
      const parts: number[] = [];
      let after: ListPosition | null | undefined;
      do {
        const options = { limit: 9, maxBytes, after: after ?? undefined };
        const part: ListedRows<unknown> = await reads().messages('large', options);
        parts.push(part.rows.length);
        after = part.next;
      } while (after);
      return parts;
    };
    expect(await lengths(100_000)).toEqual([3]);
    expect(await lengths(2_900)).toEqual([2, 1]);
    expect(await lengths(1)).toEqual([1, 1, 1]);
  });

  test('gives followers and those followed apart, in either order', async () => {
    const at = (second: number) => ({ createdAt: `2026-01-01T00:00:0${second}.000000Z` });
    await open().store.apply([
      followRow('star', 'fan 1', at(1)),
      followRow('star', 'fan 3', at(3)),
      followRow('fan 1', 'star', at(4)),
      followRow('fan 2', 'star', at(4)),
      followRow('fan 3', 'star'),
      deleted(followRow('fan 4', 'star')),
      followRow('fan 1', 'star '),
    ]);
    for (const limit of [1, 2, 9]) {
      const followers = (order?: 'oldest') =>
        walk((length, after) => reads().followers('star', { limit: length, after, order }), limit);
      const following = await walk(
        (length, after) => reads().following('star', { limit: length, after, order: 'newest' }),
        limit,
      );
      const fans = ['fan 2', 'fan 1', 'fan 3'];
      expect((await followers()).map(({ userId }) => userId)).toEqual(fans);
      expect((await followers('oldest')).map(({ userId }) => userId)).toEqual(fans.toReversed());
      expect(following.map(({ targetId }) => targetId)).toEqual(['fan 3', 'fan 1']);
    }
  });

  test('neither repeats nor leaves out a row for those that are written or deleted between pages', async () => {
    const at = (second: number) => ({ createdAt: `2026-01-01T00:00:${10 + second}.000000Z` });
    const read = (after?: ListPosition) => reads().messages('moving', { limit: 2, after });
    const idsOf = (part: ListedRows<{ messageId: string }>) =>
      part.rows.map(({ messageId }) => messageId);
    await open().store.apply([1, 2, 3, 4, 5].map((n) => messageRow('moving', `m${n}`, at(n))));
    const first = await read();
    expect(idsOf(first)).toEqual(['m5', 'm4']);
    await open().store.apply([
      messageRow('moving', 'newer', at(9)),
      messageRow('moving', 'ahead', at(2)),
      deleted(messageRow('moving', 'm4', at(4))),
    ]);
    const second = await read(first.next ?? undefined);
    expect(idsOf(second)).toEqual(['m3', 'm2']);
    expect(await read(second.next ?? undefined)).toMatchObject({
      rows: [{ messageId: 'ahead' }, { messageId: 'm1' }],
      next: null,
    });
  });
}

const FIRST = '0001-01-01T00:00:00.000000Z';

/** The order of lists: by time, then by the bytes of the id. */
function byPlace(a: readonly [string | null, string], b: readonly [string | null, string]): number {
  const [timeA, timeB] = [a[0] ?? FIRST, b[0] ?? FIRST];
  if (timeA !== timeB) return timeA < timeB ? -1 : 1;
  return Buffer.compare(Buffer.from(a[1]), Buffer.from(b[1]));
}
