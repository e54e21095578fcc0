import { defineEntity, dmConversation, dmMessage, entities, followEdge } from '@ayna/contract';
import { expect, test } from 'vitest';
import { openMirrorStore, type ScanOptions } from '../../src/index.ts';
import { messageChange, messageColumns, messageDeletion } from '../sample-changes.ts';
import type { StoreUnderTest } from '../store-under-test.ts';

/** Guarantees about reading many rows: by key, by range, and the users in them. */
export function describeReads(open: () => StoreUnderTest): void {
  const keysOf = async (options: ScanOptions = {}) => {
    const keys = [];
    const scan = open().store.scan(dmMessage, { includeTombstones: true, ...options });
    for await (const { key } of scan) keys.push(key);
    return keys;
  };

  test('reads the rows of many keys in their order, repeated and missing ones among them', async () => {
    const { store } = open();
    const changes = [
      messageChange('many ü "{,}\\', 10, { columns: messageColumns({ media: { a: [1] } }) }),
      messageChange('many b', 10),
      messageDeletion('many gone', 10),
      messageChange('NULL', 10),
    ];
    await store.apply(changes);
    const keys = changes.map(({ key }) => key);
    const missing = { conversationId: 'c1', messageId: 'many never' };
    const wanted = [...keys, missing, ...keys.toReversed()];
    const rows = await store.readMany(dmMessage, wanted);
    expect(rows).toEqual(await Promise.all(wanted.map((key) => store.read(dmMessage, key))));
    expect(rows.map((row) => row?.key)).toEqual([...keys, undefined, ...keys.toReversed()]);
    expect(await store.readMany(dmMessage, [])).toEqual([]);
    const conversations = Array.from({ length: 5_000 }, (_, n) => ({ conversationId: `none${n}` }));
    expect(new Set(await store.readMany(dmConversation, conversations))).toEqual(
      new Set([undefined]),
    );
  });

  test('cuts the table into ranges that are scanned without a gap or an overlap', async () => {
    const { store } = open();
    const ids = Array.from({ length: 40 }, (_, n) => `range ${n}`);
    await store.apply([
      ...ids.map((id) => messageChange(id, 10)),
      ...ids.slice(30).map((id) => messageDeletion(id, 20)),
    ]);
    const all = await keysOf();
    for (const every of [1, 2, 7, all.length - 1, all.length, all.length + 1]) {
      const cuts = await store.boundaries(dmMessage, every);
      expect(cuts).toEqual(all.filter((_, at) => (at + 1) % every === 0));
      if (every < 7) continue;
      const scanned = [];
      for (const [at, after] of [undefined, ...cuts].entries()) {
        const upTo = cuts[at];
        const range = await keysOf({ ...(after && { after }), ...(upTo && { upTo }), pageSize: 3 });
        expect(range.length).toBe(upTo ? every : all.length % every);
        scanned.push(...range);
      }
      expect(scanned).toEqual(all);
    }
  });

  test('gives each user in live rows once, in bytewise order, a page at a time, and knows them by id', async () => {
    const { store } = open();
    const base = messageChange('users', 10);
    const conversation = (id: string, ownerId: string | null, peerIds: unknown) => ({
      ...base,
      entity: dmConversation,
      key: { conversationId: `users ${id}` },
      columns: {
        ownerId,
        peerIds: peerIds as null,
        lastMessageAt: null,
        lastMessagePreview: null,
        lastMessageAuthorId: `~${id}`,
        updatedAt: null,
      },
    });
    const edge = (userId: string, targetId: string) => ({
      ...base,
      entity: followEdge,
      key: { userId, targetId },
    });
    await store.apply([
      conversation('1', '~b', ['~a', '~Z', '', '~ü']),
      conversation('2', '~a', ['~b', 7, null, { id: '~no' }]),
      conversation('3', null, '~alone'),
      conversation('4', '~a', { peer: '~no' }),
      { ...conversation('5', '~deleted', ['~deleted']), columns: null },
      edge('~u1', '~u2'),
      edge('~u2', '~u3'),
      { ...edge('~u3', '~deleted'), columns: null },
    ]);
    const expected = ['~1', '~2', '~3', '~4', '~Z', '~a', '~alone', '~b', '~ü'];
    for (const limit of [1, 4, 1_000]) {
      const seen: string[] = [];
      for (;;) {
        const after = seen.at(-1) ?? '~';
        const page = await store.users(dmConversation, { after, limit });
        expect(page.length).toBeLessThanOrEqual(limit);
        if (page.length === 0) break;
        seen.push(...page);
      }
      expect(seen).toEqual(expected);
    }
    const asked = ['~Z', '~a', '~nobody', '~no', '~deleted', '', '~u\0', ...expected.slice(-2)];
    expect(await store.knownUsers(dmConversation, asked)).toEqual(
      new Set(['~Z', '~a', '~b', '~ü']),
    );
    expect(await store.knownUsers(followEdge, asked)).toEqual(new Set());
    expect(await store.users(followEdge, { after: '~', limit: 9 })).toEqual(['~u1', '~u2', '~u3']);
    expect(await store.users(dmConversation, { limit: 1_000 })).not.toContain('');
  });

  test('an entity without users has none', async () => {
    const anonymous = { ...dmMessage, path: dmMessage.path.pattern, users: [] };
    const entity = defineEntity(anonymous);
    const store = openMirrorStore({ database: open().database, entities: [entity] });
    expect(await store.users(entity, { limit: 10 })).toEqual([]);
    expect(await store.knownUsers(entity, ['~a'])).toEqual(new Set());
    expect(entities.every(({ users }) => users.length > 0)).toBe(true);
  });
}
