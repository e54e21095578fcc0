import {
  conversationPage,
  DEFAULT_PAGE_LIMIT,
  followPage,
  messagePage,
  type MessagePage,
} from '@ayna/contract/gateway';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGatewayUnderTest, refusalOf, type GatewayUnderTest } from './gateway-under-test.ts';

const MESSAGES = 120;
const ali = { userId: 'ali' };
const veli = { userId: 'veli' };
const BAD_CURSOR = { refused: 'invalid-argument', field: 'cursor' };

let mirror: GatewayUnderTest;
beforeAll(async () => {
  mirror = await openGatewayUnderTest();
  const { firestore, gateway } = mirror;
  for (const conversationId of ['c', 'd']) {
    await firestore
      .doc(`conversations/${conversationId}`)
      .set({ ownerId: 'ali', peerIds: ['veli'], updatedAt: new Date(0) });
    await gateway.sqlGatewayEnsureConversation(ali, { conversationId });
    const messages = firestore.collection(`conversations/${conversationId}/messages`);
    const ids = Array.from({ length: MESSAGES }, (_, n) => `m${String(n).padStart(3, '0')}`);
    await Promise.all(
      ids.map(async (messageId, n) => {
        await messages.doc(messageId).set({ body: messageId, createdAt: new Date(n * 1_000) });
        await gateway.sqlGatewayEnsureMessage(ali, { conversationId, messageId });
      }),
    );
  }
  for (const [userId, targetId] of [
    ['ali', 'veli'],
    ['ali', 'can'],
    ['can', 'veli'],
    ['can', 'ali'],
  ] as const) {
    await firestore.doc(`follows/${userId}/targets/${targetId}`).set({ createdAt: new Date(1) });
    await gateway.sqlGatewayEnsureFollow({ userId }, { userId, targetId });
  }
});
afterAll(() => mirror[Symbol.asyncDispose]());

const firstOf = (conversationId: string, limit = 2): Promise<MessagePage> =>
  mirror.gateway.sqlGatewayListMessages(ali, { conversationId, limit });

describe('the pages of a list', () => {
  test('hold each row once, in order, whoever takes part reads them', async () => {
    for (const caller of [ali, veli]) {
      for (const order of ['newest', 'oldest'] as const) {
        const bodies: (string | null)[] = [];
        let cursor: string | null = null;
        do {
          const request = { conversationId: 'c', limit: 50, order, cursor };
          const page: MessagePage = messagePage.parse(
            await mirror.gateway.sqlGatewayListMessages(caller, request),
          );
          bodies.push(...page.rows.map(({ body }) => body));
          cursor = page.nextCursor;
        } while (cursor !== null);
        expect(bodies.length).toBe(MESSAGES);
        const sorted = bodies.toSorted();
        expect(bodies).toEqual(order === 'oldest' ? sorted : sorted.toReversed());
      }
    }
  });

  test('are as long as the contract says when nothing else is asked for, newest first', async () => {
    const { rows } = await mirror.gateway.sqlGatewayListMessages(ali, { conversationId: 'c' });
    expect(rows.length).toBe(DEFAULT_PAGE_LIMIT);
    expect(rows[0]).toMatchObject({ messageId: 'm119', createdAt: '1970-01-01T00:01:59.000000Z' });
  });

  test('tell who follows from who is followed', async () => {
    const { gateway } = mirror;
    const followers = followPage.parse(await gateway.sqlGatewayListFollowers(veli, {}));
    expect(followers.rows.map(({ userId }) => userId)).toEqual(['can', 'ali']);
    const following = followPage.parse(await gateway.sqlGatewayListFollowing(ali, {}));
    expect(following.rows.map(({ targetId }) => targetId)).toEqual(['veli', 'can']);
    const conversations = conversationPage.parse(
      await gateway.sqlGatewayListConversations(veli, {}),
    );
    expect(conversations.rows.map(({ conversationId }) => conversationId)).toEqual(['d', 'c']);
  });
});

describe('a cursor', () => {
  test('goes on in its own list with another limit, as often as it is used', async () => {
    const { nextCursor: cursor } = await firstOf('c');
    for (const limit of [1, 3]) {
      const next = await mirror.gateway.sqlGatewayListMessages(ali, {
        conversationId: 'c',
        limit,
        cursor,
      });
      expect(next.rows.map(({ messageId }) => messageId)).toEqual(
        ['m117', 'm116', 'm115'].slice(0, limit),
      );
    }
  });

  test('of somebody else is refused, also between two who take part', async () => {
    const { nextCursor: cursor } = await firstOf('c');
    const call = mirror.gateway.sqlGatewayListMessages(veli, { conversationId: 'c', cursor });
    expect(await refusalOf(call)).toEqual(BAD_CURSOR);
  });

  test('of another list is refused: another conversation, order or call', async () => {
    const { gateway } = mirror;
    const { nextCursor: cursor } = await firstOf('c');
    const { nextCursor: followed } = await gateway.sqlGatewayListFollowing(ali, { limit: 1 });
    expect([typeof cursor, typeof followed]).toEqual(['string', 'string']);
    const refusals = await Promise.all([
      refusalOf(gateway.sqlGatewayListMessages(ali, { conversationId: 'd', cursor })),
      refusalOf(
        gateway.sqlGatewayListMessages(ali, { conversationId: 'c', order: 'oldest', cursor }),
      ),
      refusalOf(gateway.sqlGatewayListConversations(ali, { cursor })),
      refusalOf(gateway.sqlGatewayListFollowing(ali, { cursor })),
      refusalOf(gateway.sqlGatewayListFollowers(ali, { cursor: followed })),
    ]);
    expect(refusals).toEqual(refusals.map(() => BAD_CURSOR));
  });

  test('grants nothing: without a right to the conversation it is not even looked at', async () => {
    const { nextCursor: cursor } = await firstOf('c');
    const call = mirror.gateway.sqlGatewayListMessages(
      { userId: 'stranger' },
      { conversationId: 'c', cursor },
    );
    expect(await refusalOf(call)).toEqual({ refused: 'permission-denied' });
  });

  test('that was made up or changed is refused or leads nowhere but into the same list', async () => {
    const { nextCursor } = await firstOf('c');
    const content = Buffer.from(nextCursor ?? '', 'base64url').toString();
    const forged = (text: string) => Buffer.from(text).toString('base64url');
    const all = await mirror.gateway.sqlGatewayListMessages(ali, {
      conversationId: 'c',
      limit: 100,
    });
    const known = new Set(all.rows.map(({ conversationId }) => conversationId));
    const changes = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.string().map(forged),
      fc.json().map(forged),
      fc
        .tuple(fc.nat(content.length), fc.string())
        .map(([at, text]) => forged(content.slice(0, at) + text + content.slice(at))),
      fc
        .constantFrom("' OR 1=1 --", '1; DROP TABLE x', '\0', '9999-99-99T99:99:99.999999Z')
        .map((text) => forged(content.replace('1970-01-01T00:01:58.000000Z', text))),
      fc
        .constantFrom("' OR 1=1 --", 'a/b', '\\u0000')
        .map((text) => forged(content.replace('m118', text))),
    );
    let refusals = 0;
    await fc.assert(
      fc.asyncProperty(changes, async (cursor) => {
        const call = mirror.gateway.sqlGatewayListMessages(ali, { conversationId: 'c', cursor });
        const result = (await refusalOf(call)) as { answered?: MessagePage };
        if (!result.answered) {
          expect(result).toEqual(BAD_CURSOR);
          refusals += 1;
        }
        for (const row of result.answered?.rows ?? []) {
          expect(known.has(row.conversationId)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
    expect(refusals).toBeGreaterThan(150);
  });
});
