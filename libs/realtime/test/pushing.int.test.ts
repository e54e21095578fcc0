import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hub } from '../src/index.ts';
import { EVENTUALLY, openHubs, type HubsUnderTest } from './hub-under-test.ts';
import { conversationEvent, edgeEvent, messageEvent } from './messages.ts';
import { connectClient } from '@ayna/test-clients';

describe.each(['pglite', 'postgres'] as const)('on %s', (store) => {
  let hubs: HubsUnderTest;
  let hub: Hub;
  beforeAll(async () => {
    hubs = await openHubs(store);
    hub = await hubs.startHub({ limits: { reorderWindowMs: 20 } });
    await hub.connected;
  });
  afterAll(() => hubs[Symbol.asyncDispose]());

  test('a change comes to those who take part in the conversation, with the columns of its row', async () => {
    const client = connectClient(hub.port, { token: await hubs.token('ann') });
    const stranger = connectClient(hub.port, { token: await hubs.token('eve') });
    await Promise.all([client.live, stranger.live]);
    await hubs.send(
      conversationEvent('p1', 1, ['ann', 'bob']),
      messageEvent('p1', 'm1', 2, 'hello'),
    );
    await expect.poll(() => client.changes.length, EVENTUALLY).toBe(2);
    expect(client.changes[1]).toMatchObject({
      entity: 'dm.message',
      operation: 'update',
      key: { conversationId: 'p1', messageId: 'm1' },
      version: '2',
      columns: { body: 'hello', authorId: null },
      omitted: false,
      late: false,
    });
    await hubs.send(edgeEvent('eve', 'ann', 1));
    await expect.poll(() => stranger.changes.length, EVENTUALLY).toBe(1);
    expect(stranger.changes[0]?.entity).toBe('follow.edge');
    expect(client.changes).toHaveLength(2);
  });
});
