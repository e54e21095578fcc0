import {
  AynaError,
  dmConversation,
  dmMessage,
  followEdge,
  type MirrorChange,
} from '@ayna/contract';
import { expect, test } from 'vitest';
import { messageChange, messageDeletion } from '../sample-changes.ts';
import { contentOf, type StoreUnderTest } from '../store-under-test.ts';

/** Guarantees about what stands in one batch. */
export function describeBatches(open: () => StoreUnderTest): void {
  const apply = (...changes: MirrorChange[]) => open().store.apply(changes);

  test('takes an empty batch', async () => {
    expect(await apply()).toEqual([]);
  });

  test('keeps the newest of several changes of one key and classifies the others', async () => {
    const batch = [
      messageChange('several', 10),
      messageChange('several', 30),
      messageChange('several', 30, { eventId: 'repeated' }),
      messageChange('several', 20),
    ];
    expect(await apply(...batch)).toEqual(['stale', 'applied', 'duplicate', 'stale']);
    expect(await apply(...batch)).toEqual(['stale', 'duplicate', 'duplicate', 'stale']);
  });

  test('orders writes and deletions of one key in one batch by version', async () => {
    expect(
      await apply(
        messageDeletion('mixed1', 20),
        messageChange('mixed1', 30),
        messageChange('mixed1', 10),
        messageChange('mixed2', 10),
        messageDeletion('mixed2', 20),
      ),
    ).toEqual(['stale', 'applied', 'stale', 'stale', 'applied']);
    const rows = await contentOf(open().store, dmMessage);
    const live = rows.filter(({ columns }) => columns).map(({ key }) => key.messageId);
    expect(live).toContain('mixed1');
    expect(live).not.toContain('mixed2');
  });

  test('takes several entities at once and answers in the order of the input', async () => {
    const conversation: MirrorChange = {
      ...messageChange('x', 10),
      entity: dmConversation,
      key: { conversationId: 'entities' },
      columns: {
        ownerId: 'o',
        peerIds: ['p', 'q'],
        lastMessageAt: null,
        lastMessagePreview: null,
        lastMessageAuthorId: null,
        updatedAt: null,
      },
    };
    const edge: MirrorChange = {
      ...messageChange('x', 10),
      entity: followEdge,
      key: { userId: 'u', targetId: 't' },
      columns: null,
    };
    await apply(conversation);
    expect(
      await apply(
        edge,
        messageChange('entities', 10),
        conversation,
        edge,
        messageDeletion('entities', 5),
      ),
    ).toEqual(['applied', 'applied', 'duplicate', 'duplicate', 'stale']);
    expect(await open().store.read(dmConversation, conversation.key)).toMatchObject({
      columns: conversation.columns,
    });
  });

  test('applies all of a batch or nothing, and says that the data was refused', async () => {
    const before = await contentOf(open().store, dmMessage);
    for (const bad of [
      messageChange('bad', 10, { eventId: 'with \0 in it' }),
      messageChange('bad', 10, { eventId: 'half a pair \ud800' }),
      messageChange('bad', 10, { columns: { createdAt: 'not a time' } }),
      messageChange('bad', 10, { syncSource: 'x'.repeat(33) as 'trigger' }),
      messageChange('b'.repeat(20_000) + Array.from({ length: 9_000 }, (_, n) => n).join(''), 10),
    ]) {
      const edge = {
        ...messageChange('x', 1),
        entity: followEdge,
        key: { userId: 'all', targetId: 'or nothing' },
      };
      const refused = await apply(messageChange('good', 10), edge, bad).catch(
        (error: unknown) => error,
      );
      expect(refused).toBeInstanceOf(AynaError);
      expect(refused).toMatchObject({ code: 'SqlRejected' });
      expect(await open().store.read(followEdge, edge.key)).toBeUndefined();
    }
    expect(await contentOf(open().store, dmMessage)).toEqual(before);
  });

  test('takes 1,000 changes at once', async () => {
    const batch = Array.from({ length: 1_000 }, (_, n) => messageChange(`many${n % 900}`, 10 + n));
    const outcomes = await apply(...batch);
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(900);
    expect(outcomes.filter((outcome) => outcome === 'stale')).toHaveLength(100);
  });
}
