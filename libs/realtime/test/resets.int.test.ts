import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ChangesRequest, ChangesResponse } from '@ayna/contract/realtime';
import type { Hub } from '../src/index.ts';
import { openRealtimeLog } from '../src/log/open-realtime-log.ts';
import { EVENTUALLY, openHubs, type HubsUnderTest } from './hub-under-test.ts';
import { conversationEvent, messageEvent } from './messages.ts';
import { connectClient, type TestClient } from '@ayna/test-clients';

let hubs: HubsUnderTest;
let hub: Hub;
beforeAll(async () => {
  hubs = await openHubs();
  hub = await hubs.startHub({ limits: { reorderWindowMs: 0 } });
  await hub.connected;
  await hubs.send(
    conversationEvent('c', 1, ['ann']),
    ...Array.from({ length: 9 }, (_, at) => messageEvent('c', `m${at}`, 2 + at)),
  );
  await vi.waitFor(() => {
    expect(hub.status().position).toBe(10);
  }, EVENTUALLY);
  await openRealtimeLog(hubs.database).purge(600_000, 4);
});
afterAll(() => hubs[Symbol.asyncDispose]());

const resume = async (cursor: string): Promise<TestClient> => {
  const client = connectClient(hub.port, { token: await hubs.token('ann'), cursor });
  await client.live;
  return client;
};
const ask = async (request: ChangesRequest): Promise<ChangesResponse> => {
  const response = await fetch(`http://127.0.0.1:${hub.port}/realtime/changes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await hubs.token('ann')}` },
    body: JSON.stringify(request),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as ChangesResponse;
};

test.each([
  ['that the log no longer reaches back to has expired', () => `${hubs.epoch()}.5`, 'expired'],
  ['beyond the end of the log is unknown', () => `${hubs.epoch()}.11`, 'unknown'],
  ['of another log is unknown', () => 'abcdef.10', 'unknown'],
  ['that is none is unknown', () => 'nonsense', 'unknown'],
])(
  'a cursor %s: the client is told to read the state and where to go on',
  async (_, cursor, reason) => {
    const end = `${hubs.epoch()}.10`;
    const client = await resume(cursor());
    expect(client.frames.slice(1)).toEqual([
      { type: 'reset', reason, cursor: end },
      { type: 'live', cursor: end },
    ]);
    const answer = await ask({ channels: ['me'], cursor: cursor() });
    expect(answer).toEqual({
      frames: [{ type: 'reset', reason, cursor: end }],
      cursor: end,
      more: false,
    });
  },
);

test('the oldest cursor that the log reaches back to is resumed with all after it', async () => {
  const client = await resume(`${hubs.epoch()}.6`);
  const versions = ['7', '8', '9', '10'];
  expect(client.changes.map(({ version }) => version)).toEqual(versions);
  const { frames, more } = await ask({ channels: ['conversation:c'], cursor: `${hubs.epoch()}.6` });
  expect(frames).toEqual(client.changes);
  expect(more).toBe(false);
});

test('what asks for changes without a token, or for what is none, gets none', async () => {
  const post = (headers: Record<string, string>, body: string, path = 'changes') =>
    fetch(`http://127.0.0.1:${hub.port}/realtime/${path}`, { method: 'POST', headers, body });
  const authorization = `Bearer ${await hubs.token('ann')}`;
  expect((await post({}, '{}')).status).toBe(401);
  expect((await post({ authorization: 'Bearer a.b.c' }, '{}')).status).toBe(401);
  expect((await post({}, '', 'negotiate')).status).toBe(401);
  expect((await post({ authorization }, '{"cursor":"x"}')).status).toBe(400);
  expect((await post({ authorization }, '{')).status).toBe(400);
  expect((await post({ authorization }, `"${'x'.repeat(40_000)}"`)).status).toBe(413);
});

test('when changes may have been lost, every client is told to read the state, and goes on from there', async () => {
  const client = await resume(`${hubs.epoch()}.10`);
  await openRealtimeLog(hubs.database).beginAnew();
  await expect
    .poll(() => client.frames.filter(({ type }) => type === 'reset'), EVENTUALLY)
    .toMatchObject([{ reason: 'unknown' }]);
  await hubs.send(messageEvent('c', 'after', 20));
  await expect.poll(() => client.changes.map(({ version }) => version), EVENTUALLY).toEqual(['20']);
  const back = await resume(client.cursor ?? '');
  expect(back.frames.map(({ type }) => type)).toEqual(['opened', 'live']);
});
