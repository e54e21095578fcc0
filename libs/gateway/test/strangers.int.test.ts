import { dmConversation, dmMessage, entities, followEdge } from '@ayna/contract';
import type { GatewayCalls } from '@ayna/contract/gateway';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openGatewayUnderTest, refusalOf, type GatewayUnderTest } from './gateway-under-test.ts';

let mirror: GatewayUnderTest;
beforeAll(async () => {
  mirror = await openGatewayUnderTest();
});
afterAll(() => mirror[Symbol.asyncDispose]());

const DENIED = { refused: 'permission-denied' };
const EMPTY = { rows: [], nextCursor: null };
const ali = { userId: 'ali' };
const veli = { userId: 'veli' };
const stranger = { userId: 'stranger' };
const key = { conversationId: 'theirs', messageId: 'secret' };

/** Everything that the mirror holds, tombstones included. */
async function everyRow(): Promise<unknown[]> {
  const rows = [];
  for (const entity of entities) {
    for await (const row of mirror.store.scan(entity, { includeTombstones: true })) rows.push(row);
  }
  return rows;
}

beforeEach(async () => {
  const { firestore, gateway } = mirror;
  await firestore.doc('conversations/theirs').set({ ownerId: 'ali', peerIds: ['veli'] });
  await firestore
    .doc('conversations/theirs/messages/secret')
    .set({ authorId: 'ali', body: 'psst' });
  await firestore.doc('follows/ali/targets/veli').set({ edgeType: 'follow' });
  await gateway.sqlGatewayEnsureConversation(ali, { conversationId: 'theirs' });
  await gateway.sqlGatewayEnsureMessage(ali, key);
  await gateway.sqlGatewayEnsureFollow(ali, { userId: 'ali', targetId: 'veli' });
});

describe('a stranger', () => {
  test('is refused what is not theirs in the same words as what is not there', async () => {
    const calls = (conversationId: string, messageId: string, userId: string) => [
      mirror.gateway.sqlGatewayEnsureConversation(stranger, { conversationId }),
      mirror.gateway.sqlGatewayEnsureMessage(stranger, { conversationId, messageId }),
      mirror.gateway.sqlGatewayEnsureFollow(stranger, { userId, targetId: 'veli' }),
      mirror.gateway.sqlGatewayListMessages(stranger, { conversationId }),
    ];
    const words = async (...ids: Parameters<typeof calls>) =>
      (await Promise.allSettled(calls(...ids))).map((call) =>
        call.status === 'rejected'
          ? JSON.stringify([call.reason, (call.reason as Error).message])
          : call.value,
      );
    const theirs = await words('theirs', 'secret', 'ali');
    expect(theirs).toEqual(
      theirs.map(() => expect.stringContaining('permission-denied') as string),
    );
    expect(await words('theirs', 'guessed', 'ali')).toEqual(theirs);
    expect(await words('nobody', 'guessed', 'nobody')).toEqual(theirs);
  });

  test('reads nothing of others through lists of their own', async () => {
    const { gateway } = mirror;
    expect(await gateway.sqlGatewayListConversations(stranger, {})).toEqual(EMPTY);
    expect(await gateway.sqlGatewayListFollowers(stranger, {})).toEqual(EMPTY);
    expect(await gateway.sqlGatewayListFollowing(stranger, {})).toEqual(EMPTY);
    expect((await gateway.sqlGatewayListConversations(veli, {})).rows.length).toBe(1);
    expect((await gateway.sqlGatewayListFollowers(veli, {})).rows.length).toBe(1);
  });

  test('brings nothing into SQL, whatever it names, and takes nothing out', async () => {
    await mirror.firestore.doc('conversations/unmirrored').set({ ownerId: 'ali' });
    await mirror.firestore.doc('conversations/theirs/messages/secret').delete();
    const before = await everyRow();
    for (const conversationId of ['unmirrored', 'theirs', 'nobody']) {
      const call = mirror.gateway.sqlGatewayEnsureConversation(stranger, { conversationId });
      expect(await refusalOf(call)).toEqual(DENIED);
      const message = { conversationId, messageId: 'secret' };
      expect(await refusalOf(mirror.gateway.sqlGatewayEnsureMessage(stranger, message))).toEqual(
        DENIED,
      );
    }
    expect(await everyRow()).toEqual(before);
  });

  test.each<[string, Record<string, unknown>]>([
    ['the author of a message in it', { peerIds: ['veli'] }],
    ['the author of the last message', { lastMessageAuthorId: 'stranger' }],
    ['part of an id of a peer', { peerIds: ['strangers', 'stranger ', 'a stranger'] }],
    [
      'a key or a value inside a peer',
      { peerIds: [{ id: 'stranger', ids: ['stranger'] }, 7, null] },
    ],
    ['a key of peers that are no list', { peerIds: { stranger: true } }],
    ['in another case', { peerIds: ['STRANGER', 'Stranger'] }],
  ])('takes no part in a conversation by being %s', async (_, fields) => {
    const id = 'no part';
    await mirror.firestore.doc(`conversations/${id}`).set({ ...fields, ownerId: 'ali' });
    await mirror.firestore.doc(`conversations/${id}/messages/m`).set({ authorId: 'stranger' });
    await mirror.gateway.sqlGatewayEnsureConversation(ali, { conversationId: id });
    await mirror.gateway.sqlGatewayEnsureMessage(ali, { conversationId: id, messageId: 'm' });
    const { gateway } = mirror;
    const request = { conversationId: id, messageId: 'm' };
    expect(await refusalOf(gateway.sqlGatewayEnsureMessage(stranger, request))).toEqual(DENIED);
    const list = gateway.sqlGatewayListMessages(stranger, { conversationId: id });
    expect(await refusalOf(list)).toEqual(DENIED);
    expect(await gateway.sqlGatewayListConversations(stranger, {})).toEqual(EMPTY);
  });
});

describe('who has left a conversation', () => {
  test('writes nothing from the moment Firestore has it, and reads nothing once SQL has it', async () => {
    const { firestore, gateway } = mirror;
    expect((await gateway.sqlGatewayListMessages(veli, { conversationId: 'theirs' })).rows).toEqual(
      [expect.objectContaining({ body: 'psst' })],
    );
    const first = await gateway.sqlGatewayListMessages(veli, {
      conversationId: 'theirs',
      limit: 1,
    });
    expect(first.rows.length).toBe(1);

    await firestore.doc('conversations/theirs').update({ peerIds: [] });
    await firestore.doc('conversations/theirs/messages/secret').update({ body: 'without veli' });
    expect(await refusalOf(gateway.sqlGatewayEnsureMessage(veli, key))).toEqual(DENIED);
    const leaving = { conversationId: 'theirs' };
    expect(await refusalOf(gateway.sqlGatewayEnsureConversation(veli, leaving))).toEqual(DENIED);
    expect(await mirror.store.read(dmMessage, key)).toMatchObject({ columns: { body: 'psst' } });

    await gateway.sqlGatewayEnsureConversation(ali, leaving);
    expect(await refusalOf(gateway.sqlGatewayListMessages(veli, leaving))).toEqual(DENIED);
    expect(await gateway.sqlGatewayListConversations(veli, {})).toEqual(EMPTY);
  });

  test('reads nothing of a conversation that was deleted', async () => {
    await mirror.firestore.doc('conversations/theirs').delete();
    await mirror.gateway.sqlGatewayEnsureConversation(ali, { conversationId: 'theirs' });
    expect(await mirror.store.read(dmConversation, { conversationId: 'theirs' })).toMatchObject({
      columns: null,
    });
    const list = mirror.gateway.sqlGatewayListMessages(ali, { conversationId: 'theirs' });
    expect(await refusalOf(list)).toEqual(DENIED);
  });
});

describe('nobody', () => {
  test('calls without being signed in, and learns nothing about the request', async () => {
    for (const name of Object.keys(mirror.gateway) as (keyof GatewayCalls)[]) {
      for (const input of [{}, key, 'garbage']) {
        expect(await refusalOf(mirror.gateway[name](undefined, input))).toEqual({
          refused: 'unauthenticated',
        });
      }
    }
  });

  test('ensures an edge that somebody else owns, also not the one who is followed', async () => {
    const edge = { userId: 'ali', targetId: 'veli' };
    await mirror.firestore.doc('follows/ali/targets/veli').delete();
    expect(await refusalOf(mirror.gateway.sqlGatewayEnsureFollow(veli, edge))).toEqual(DENIED);
    expect(await mirror.store.read(followEdge, edge)).toMatchObject({ deletedAt: null });
  });
});
