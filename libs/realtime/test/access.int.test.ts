import { dmConversation, entities, SourceVersion } from '@ayna/contract';
import { startFirestoreEmulator } from '@ayna/emulator-firestore';
import { connectFirestore, openDocumentSource } from '@ayna/firestore';
import { migrate, openMirrorStore } from '@ayna/sql-gateway';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firestoreMemberships, mirrorMemberships, type Hub } from '../src/index.ts';
import { EVENTUALLY, openHubs, type HubsUnderTest } from './hub-under-test.ts';
import { conversationEvent, edgeEvent, messageEvent } from './messages.ts';
import { connectClient, type TestClient } from '@ayna/test-clients';

let hubs: HubsUnderTest;
let hub: Hub;
beforeAll(async () => {
  hubs = await openHubs();
  hub = await hubs.startHub({ limits: { reorderWindowMs: 20 } });
  await hub.connected;
});
afterAll(() => hubs[Symbol.asyncDispose]());

const client = async (
  user: string,
  options: Partial<Parameters<typeof connectClient>[1]> = {},
): Promise<TestClient> => {
  const connected = connectClient(hub.port, { token: await hubs.token(user), ...options });
  await connected.live;
  return connected;
};
const ids = ({ changes }: TestClient) => changes.map(({ key }) => Object.values(key).join('/'));
/** Waits until a client has been sent all that was sent before. */
const caughtUp = async (user: string, watching: TestClient, mark: string): Promise<void> => {
  await hubs.send(edgeEvent(user, mark, 1));
  await expect.poll(() => ids(watching), EVENTUALLY).toContain(`${user}/${mark}`);
};

test('a stranger gets nothing: no message, no conversation, no edge of others, no channel by a forged id', async () => {
  const eve = await client('eve', { channels: ['me', 'conversation:a1', 'conversation:nowhere'] });
  const bob = await client('bob');
  await hubs.send(conversationEvent('a1', 1, ['ann', 'bob']));
  await expect.poll(() => ids(bob), EVENTUALLY).toEqual(['a1']);
  const ann = await client('ann', { channels: ['conversation:a1'] });
  await hubs.send(messageEvent('a1', 'm1', 2), edgeEvent('ann', 'eve', 1));
  await expect.poll(() => ids(ann), EVENTUALLY).toContain('a1/m1');
  eve.say({ type: 'subscribe', channels: ['conversation:a1'] });
  await caughtUp('eve', eve, 'mark1');
  expect(ids(eve)).toEqual(['eve/mark1']);
  const refused = eve.frames.filter(({ type }) => type === 'refused');
  expect(refused).toEqual(
    ['a1', 'nowhere', 'a1'].map((id) => ({
      type: 'refused',
      channel: `conversation:${id}`,
      reason: 'permission-denied',
    })),
  );
});

test('who has left a conversation is told so, and gets nothing of it after that, not by a channel, not on resume', async () => {
  await hubs.send(conversationEvent('a2', 1, ['dan', 'fay']));
  const dan = await client('dan', { channels: ['me'] });
  const before = dan.cursor;
  await hubs.send(messageEvent('a2', 'm1', 2));
  await expect.poll(() => ids(dan), EVENTUALLY).toContain('a2/m1');
  await hubs.send(conversationEvent('a2', 3, ['fay']));
  await expect
    .poll(() => dan.frames.filter(({ type }) => type === 'removed'), EVENTUALLY)
    .toMatchObject([{ conversationId: 'a2' }]);
  await hubs.send(messageEvent('a2', 'm2', 4));
  await caughtUp('dan', dan, 'mark2');
  expect(ids(dan)).toEqual(expect.not.arrayContaining(['a2/m2']));
  const back = await client('dan', { cursor: before, channels: ['me', 'conversation:a2'] });
  expect(ids(back)).toEqual(['dan/mark2']);
  expect(back.frames.map(({ type }) => type)).toContain('refused');
  expect(back.frames.map(({ type }) => type)).toContain('removed');
});

test("another user's cursor gives its user's changes to nobody else", async () => {
  await hubs.send(conversationEvent('a3', 1, ['gil']), messageEvent('a3', 'm1', 2));
  const gil = await client('gil', { cursor: `${hubs.epoch()}.0` });
  await expect.poll(() => ids(gil), EVENTUALLY).toContain('a3/m1');
  const eve = await client('hal', { cursor: `${hubs.epoch()}.0` });
  expect(eve.changes).toEqual([]);
});

test('a follow edge is told to the user who owns it, not to its target', async () => {
  const [owner, target] = [await client('ida'), await client('jon')];
  await hubs.send(edgeEvent('ida', 'jon', 1));
  await expect.poll(() => ids(owner), EVENTUALLY).toEqual(['ida/jon']);
  await caughtUp('jon', target, 'mark4');
  expect(ids(target)).toEqual(['jon/mark4']);
});

test('a client that listens to one conversation gets that one only', async () => {
  await hubs.send(conversationEvent('a5', 1, ['kim']), conversationEvent('b5', 1, ['kim']));
  const all = await client('kim', { cursor: `${hubs.epoch()}.0` });
  await expect.poll(() => ids(all), EVENTUALLY).toEqual(['a5', 'b5']);
  const one = await client('kim', { channels: ['conversation:b5'] });
  await hubs.send(messageEvent('a5', 'm1', 2), messageEvent('b5', 'm1', 3));
  await expect.poll(() => ids(one), EVENTUALLY).toEqual(['b5/m1']);
  one.say({ type: 'unsubscribe', channels: ['conversation:b5'] });
  one.say({ type: 'subscribe', channels: ['conversation:a5'] });
  await expect
    .poll(() => one.frames.filter(({ type }) => type === 'channels'), EVENTUALLY)
    .toMatchObject([{ channels: [] }, { channels: ['conversation:a5'] }]);
  await hubs.send(messageEvent('b5', 'm2', 4), messageEvent('a5', 'm2', 5));
  await expect.poll(() => ids(one), EVENTUALLY).toEqual(['b5/m1', 'a5/m2']);
});

test('a message of a conversation that the log has never seen is told to those whom Firestore names, or else the mirror', async () => {
  await using emulator = await startFirestoreEmulator();
  process.env.FIRESTORE_EMULATOR_HOST = emulator.host;
  const firestore = await connectFirestore('demo-hub');
  await migrate(hubs.database);
  await using store = openMirrorStore({ database: hubs.database, entities });
  await firestore.doc('conversations/in-firestore').set({ ownerId: 'lea', peerIds: ['max'] });
  const columns = { ownerId: 'max', peerIds: ['lea'] };
  await store.apply([
    {
      entity: dmConversation,
      key: { conversationId: 'in-mirror' },
      sourceVersion: SourceVersion.fromMicros(1n),
      columns: {
        ...Object.fromEntries(Object.keys(dmConversation.fields).map((name) => [name, null])),
        ...columns,
      },
      eventId: 'event',
      syncSource: 'trigger',
      retryCount: 0,
    },
  ]);
  const asking = await hubs.startHub({
    memberships: [firestoreMemberships(openDocumentSource(firestore)), mirrorMemberships(store)],
  });
  await asking.connected;
  const lea = connectClient(asking.port, {
    token: await hubs.token('lea'),
    channels: ['conversation:in-firestore', 'conversation:in-mirror', 'conversation:in-neither'],
  });
  await lea.live;
  expect(lea.frames.filter(({ type }) => type === 'refused')).toMatchObject([
    { channel: 'conversation:in-neither' },
  ]);
  const max = connectClient(asking.port, { token: await hubs.token('max') });
  await max.live;
  await hubs.sql('DELETE FROM realtime_conversations');
  await hubs.send(messageEvent('in-firestore', 'm1', 2), messageEvent('in-mirror', 'm1', 3));
  await expect
    .poll(() => ids(max).toSorted(), EVENTUALLY)
    .toEqual(['in-firestore/m1', 'in-mirror/m1']);
  await asking.stop();
  await firestore.terminate();
});

test('a backfill tells nobody of what is there already, but the hub learns who takes part', async () => {
  const nan = await client('nan');
  await hubs.send(
    conversationEvent('a7', 1, ['nan'], { syncSource: 'backfill' }),
    messageEvent('a7', 'old', 2, 'old', { syncSource: 'backfill' }),
  );
  await hubs.send(messageEvent('a7', 'new', 3));
  await expect.poll(() => ids(nan), EVENTUALLY).toEqual(['a7/new']);
});

test('a change that is too large, or was too large to travel, is told without its columns', async () => {
  const oda = await client('oda');
  await hubs.send(
    conversationEvent('a8', 1, ['oda']),
    messageEvent('a8', 'large', 2, 'x'.repeat(70_000)),
    messageEvent('a8', 'claimed', 3, null, {
      operation: 'update',
      claimCheck: true,
      document: null,
    }),
  );
  await expect.poll(() => oda.changes.length, EVENTUALLY).toBe(3);
  expect(oda.changes.slice(1)).toMatchObject([
    { key: { messageId: 'large' }, columns: null, omitted: true, operation: 'update' },
    { key: { messageId: 'claimed' }, columns: null, omitted: true, operation: 'update' },
  ]);
});

test('what breaks the contract is passed over, and what comes after it is told', async () => {
  const pia = await client('pia');
  await hubs.send(
    conversationEvent('a9', 1, ['pia']),
    messageEvent('a9', 'bad', 2, 'x', { document: '{"body":7}' }),
    { body: 'no event at all' },
    messageEvent('a9', 'good', 3),
  );
  await expect.poll(() => ids(pia), EVENTUALLY).toEqual(['a9', 'a9/good']);
});
