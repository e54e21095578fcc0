import { dmConversation, dmMessage, followEdge, SourceVersion } from '@ayna/contract';
import { ensureResponse } from '@ayna/contract/gateway';
import type { WriteResult } from 'firebase-admin/firestore';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGatewayUnderTest, refusalOf, type GatewayUnderTest } from './gateway-under-test.ts';

let mirror: GatewayUnderTest;
beforeAll(async () => {
  mirror = await openGatewayUnderTest();
});
afterAll(() => mirror[Symbol.asyncDispose]());

const ali = { userId: 'ali' };
const DENIED = { refused: 'permission-denied' };

function versionOf({ writeTime }: WriteResult): string {
  return SourceVersion.fromTimestamp(writeTime.seconds, writeTime.nanoseconds).toString();
}

async function conversationOf(conversationId: string, peerIds: unknown = ['veli']): Promise<void> {
  await mirror.firestore.doc(`conversations/${conversationId}`).set({ ownerId: 'ali', peerIds });
}

describe('ensuring a document', () => {
  test('writes what Firestore has, with its update time as version', async () => {
    await conversationOf('c1');
    const message = mirror.firestore.doc('conversations/c1/messages/m1');
    const written = await message.set({ authorId: 'ali', body: "'; DROP TABLE x; --" });
    const key = { conversationId: 'c1', messageId: 'm1' };
    const response = await mirror.gateway.sqlGatewayEnsureMessage(ali, key);
    expect(ensureResponse.parse(response)).toEqual({
      outcome: 'applied',
      exists: true,
      sourceVersion: versionOf(written),
      latencyMs: expect.any(Number) as number,
    });
    expect(await mirror.store.read(dmMessage, key)).toMatchObject({
      columns: { authorId: 'ali', body: "'; DROP TABLE x; --", media: null },
      syncSource: 'gateway',
      deletedAt: null,
    });
  });

  test('does the same once, however often it is called, and from any side of the conversation', async () => {
    await conversationOf('c2');
    const call = (userId: string) =>
      mirror.gateway.sqlGatewayEnsureConversation({ userId }, { conversationId: 'c2' });
    const outcomes = await Promise.all(['ali', 'veli', 'ali', 'veli'].map(call));
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual([
      'applied',
      'duplicate',
      'duplicate',
      'duplicate',
    ]);
    expect(outcomes.filter(({ latencyMs }) => latencyMs !== null).length).toBe(1);
  });

  test('is stale where SQL holds a newer state, and leaves that', async () => {
    await conversationOf('c3');
    const key = { conversationId: 'c3' };
    const later = SourceVersion.fromMicros(BigInt(Date.now() + 60_000) * 1_000n);
    const columns = { ownerId: 'ali', peerIds: null, updatedAt: null };
    const rest = { lastMessageAt: null, lastMessagePreview: null, lastMessageAuthorId: null };
    await mirror.store.apply([
      {
        entity: dmConversation,
        key,
        sourceVersion: later,
        columns: { ...columns, ...rest },
        eventId: 'newer',
        syncSource: 'trigger',
        retryCount: 0,
      },
    ]);
    expect(await mirror.gateway.sqlGatewayEnsureConversation(ali, key)).toMatchObject({
      outcome: 'stale',
      latencyMs: null,
    });
    expect(await mirror.store.read(dmConversation, key)).toMatchObject({ eventId: 'newer' });
  });

  test('takes a document that is gone out of SQL, and one created anew wins over that', async () => {
    const edge = mirror.firestore.doc('follows/ali/targets/veli');
    const key = { userId: 'ali', targetId: 'veli' };
    const call = () => mirror.gateway.sqlGatewayEnsureFollow(ali, key);
    await edge.set({ edgeType: 'follow' });
    await call();
    const deleted = await edge.delete();
    const gone = await call();
    expect(gone).toMatchObject({ outcome: 'applied', exists: false, latencyMs: null });
    expect(BigInt(gone.sourceVersion)).toBeGreaterThanOrEqual(BigInt(versionOf(deleted)));
    expect(await mirror.store.read(followEdge, key)).toMatchObject({ columns: null });
    expect(await call()).toMatchObject({ outcome: 'duplicate', exists: false });
    await edge.set({ edgeType: 'close' });
    expect(await call()).toMatchObject({ outcome: 'applied', exists: true });
    expect(await mirror.store.read(followEdge, key)).toMatchObject({
      columns: { edgeType: 'close' },
      deletedAt: null,
    });
  });

  test('writes nothing for an id that never was', async () => {
    await conversationOf('c4');
    const key = { conversationId: 'c4', messageId: 'guessed' };
    expect(await mirror.gateway.sqlGatewayEnsureMessage(ali, key)).toMatchObject({
      outcome: 'absent',
      exists: false,
    });
    expect(await mirror.store.read(dmMessage, key)).toBeUndefined();
  });

  test('takes a conversation that is gone out of SQL for who took part in it, and nobody else', async () => {
    await conversationOf('c5');
    const key = { conversationId: 'c5' };
    await mirror.gateway.sqlGatewayEnsureConversation(ali, key);
    await mirror.firestore.doc('conversations/c5').delete();
    const stranger = { userId: 'stranger' };
    expect(await refusalOf(mirror.gateway.sqlGatewayEnsureConversation(stranger, key))).toEqual(
      DENIED,
    );
    expect(await mirror.store.read(dmConversation, key)).toMatchObject({ deletedAt: null });
    expect(
      await mirror.gateway.sqlGatewayEnsureConversation({ userId: 'veli' }, key),
    ).toMatchObject({ outcome: 'applied', exists: false });
    expect(await mirror.store.read(dmConversation, key)).toMatchObject({ columns: null });
    // The row that told who took part is gone too.
    expect(await refusalOf(mirror.gateway.sqlGatewayEnsureConversation(ali, key))).toEqual(DENIED);
  });

  test('says of a document that no row can hold that it cannot be mirrored, and why not to try again', async () => {
    await mirror.firestore.doc('conversations/c6').set({ ownerId: 'ali', updatedAt: 'yesterday' });
    const call = mirror.gateway.sqlGatewayEnsureConversation(ali, { conversationId: 'c6' });
    expect(await refusalOf(call)).toEqual({
      refused: 'failed-precondition',
      code: 'ContractViolation',
    });
  });
});
