import { dmMessage, entities } from '@ayna/contract';
import { MAX_PAGE_LIMIT, type GatewayCalls } from '@ayna/contract/gateway';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGatewayUnderTest, refusalOf, type GatewayUnderTest } from './gateway-under-test.ts';

let mirror: GatewayUnderTest;
beforeAll(async () => {
  mirror = await openGatewayUnderTest();
});
afterAll(() => mirror[Symbol.asyncDispose]());

const ali = { userId: 'ali' };
type Name = keyof GatewayCalls;

function refused(field: string): object {
  return { refused: 'invalid-argument', field };
}

describe('a request', () => {
  const wrong: [Name, unknown, string][] = [
    ['sqlGatewayEnsureMessage', undefined, ''],
    ['sqlGatewayEnsureMessage', null, ''],
    ['sqlGatewayEnsureMessage', 'c', ''],
    ['sqlGatewayEnsureMessage', [], ''],
    ['sqlGatewayEnsureMessage', {}, 'conversationId'],
    ['sqlGatewayEnsureMessage', { conversationId: 'c' }, 'messageId'],
    ['sqlGatewayEnsureMessage', { conversationId: 'c', messageId: '' }, 'messageId'],
    ['sqlGatewayEnsureMessage', { conversationId: 'c', messageId: '../other' }, 'messageId'],
    ['sqlGatewayEnsureMessage', { conversationId: '..', messageId: 'm' }, 'conversationId'],
    ['sqlGatewayEnsureMessage', { conversationId: '__a__', messageId: 'm' }, 'conversationId'],
    ['sqlGatewayEnsureMessage', { conversationId: 'c\0', messageId: 'm' }, 'conversationId'],
    ['sqlGatewayEnsureMessage', { conversationId: 'c', messageId: '\ud800' }, 'messageId'],
    ['sqlGatewayEnsureMessage', { conversationId: 'c', messageId: 'ö'.repeat(751) }, 'messageId'],
    ['sqlGatewayEnsureMessage', { conversationId: 'c', messageId: 'x'.repeat(9e6) }, 'messageId'],
    ['sqlGatewayEnsureMessage', { conversationId: { $ne: '' }, messageId: 'm' }, 'conversationId'],
    ['sqlGatewayEnsureMessage', { conversationId: 'c', messageId: 'm', body: 'forged' }, 'body'],
    [
      'sqlGatewayEnsureMessage',
      { conversationId: 'c', messageId: 'm', sourceVersion: '9' },
      'sourceVersion',
    ],
    [
      'sqlGatewayEnsureMessage',
      { conversationId: 'c', messageId: 'm', writtenAtMs: -1 },
      'writtenAtMs',
    ],
    ['sqlGatewayEnsureConversation', { conversationId: 'c', ownerId: 'ali' }, 'ownerId'],
    [
      'sqlGatewayEnsureConversation',
      { ['x'.repeat(9e6)]: 1, conversationId: 'c' },
      'x'.repeat(200),
    ],
    ['sqlGatewayEnsureFollow', { targetId: 't' }, 'userId'],
    ['sqlGatewayListMessages', { conversationId: 'c', limit: 0 }, 'limit'],
    ['sqlGatewayListMessages', { conversationId: 'c', limit: MAX_PAGE_LIMIT + 1 }, 'limit'],
    ['sqlGatewayListMessages', { conversationId: 'c', limit: '1; DROP TABLE x' }, 'limit'],
    ['sqlGatewayListMessages', { conversationId: 'c', limit: Number.NaN }, 'limit'],
    ['sqlGatewayListMessages', { conversationId: 'c', order: 'created_at DESC' }, 'order'],
    ['sqlGatewayListConversations', { userId: 'veli' }, 'userId'],
    ['sqlGatewayListConversations', { order: 'oldest' }, 'order'],
    ['sqlGatewayListFollowers', { userId: 'veli' }, 'userId'],
    ['sqlGatewayListFollowing', { targetId: 'veli' }, 'targetId'],
  ];
  test.each(wrong)(
    'of %s that is wrong is refused, naming the field (%#)',
    async (name, input, field) => {
      expect(await refusalOf(mirror.gateway[name](ali, input))).toEqual(refused(field));
    },
  );

  test.each([
    "'; DROP TABLE dm_messages_mirror; --",
    "' OR '1'='1",
    "x') UNION SELECT * FROM pg_user --",
    '%',
    '_',
    '\\',
    '"; SELECT pg_sleep(10); --',
    '$1',
    '{"a":"b"}',
    'a b',
    'ı İ 😀',
  ])(
    'may name any id that Firestore takes, which means that id and nothing else: %s',
    async (id) => {
      const { firestore, gateway, store } = mirror;
      const rows = await store.count(dmMessage, { includeTombstones: true });
      const conversation = firestore.collection('conversations').doc(id);
      await conversation.set({ ownerId: id, peerIds: [] });
      await conversation.collection('messages').doc(id).set({ body: id });
      const other = firestore.doc('conversations/other');
      await other.set({ ownerId: 'veli' });
      await other.collection('messages').doc('m').set({ body: 'of another' });
      const caller = { userId: id };
      const veli = { userId: 'veli' };
      await gateway.sqlGatewayEnsureConversation(veli, { conversationId: 'other' });
      await gateway.sqlGatewayEnsureMessage(veli, { conversationId: 'other', messageId: 'm' });

      await gateway.sqlGatewayEnsureConversation(caller, { conversationId: id });
      await gateway.sqlGatewayEnsureMessage(caller, { conversationId: id, messageId: id });
      const messages = await gateway.sqlGatewayListMessages(caller, { conversationId: id });
      expect(messages.rows.map(({ messageId, body }) => [messageId, body])).toEqual([[id, id]]);
      const conversations = await gateway.sqlGatewayListConversations(caller, {});
      expect(conversations.rows.map(({ conversationId }) => conversationId)).toEqual([id]);
      expect((await gateway.sqlGatewayListFollowers(caller, {})).rows).toEqual([]);
      expect(await store.count(dmMessage, { includeTombstones: true })).toBeGreaterThan(rows);
      await store.verifySchema();
    },
  );

  test('refused leaves SQL as it was', async () => {
    const counts = () =>
      Promise.all(
        entities.map((entity) => mirror.store.count(entity, { includeTombstones: true })),
      );
    const before = await counts();
    for (const [name, input] of wrong) await refusalOf(mirror.gateway[name](ali, input));
    expect(await counts()).toEqual(before);
  });
});
