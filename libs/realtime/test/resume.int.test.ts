import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChangeFrame } from '@ayna/contract/realtime';
import type { Hub } from '../src/index.ts';
import { openHubs, type HubsUnderTest } from './hub-under-test.ts';
import { conversationEvent, messageEvent } from './messages.ts';
import { shuffledWithin } from './shuffle.ts';
import { connectClient, inOrder, onceEach, type TestClient } from '@ayna/test-clients';

const MESSAGES = 10_000;
const CONVERSATIONS = 25;
const RECONNECTS = 20;
const BURST = 500;
/** Long enough for the slowest machine to bring what belongs together into order. */
const WINDOW_MS = 5_000;

describe.each(['pglite', 'postgres'] as const)('on %s', (store) => {
  let hubs: HubsUnderTest;
  let two: Hub[];
  beforeAll(async () => {
    hubs = await openHubs(store);
    const limits = { reorderWindowMs: WINDOW_MS };
    two = await Promise.all([hubs.startHub({ limits }), hubs.startHub({ limits })]);
    await Promise.all(two.map((hub) => hub.connected));
  });
  afterAll(() => hubs[Symbol.asyncDispose]());

  test(`a client that reconnects ${RECONNECTS} times to one hub or the other during ${MESSAGES} messages sees each once and in the order of versions`, async () => {
    const token = await hubs.token('ann');
    const conversations = Array.from({ length: CONVERSATIONS }, (_, at) => `c${at}`);
    await hubs.send(...conversations.map((id) => conversationEvent(id, 1, ['ann', 'bob'])));
    const seen: ChangeFrame[] = [];
    const connect = (at: number, cursor?: string): TestClient =>
      connectClient(two[at % two.length]?.port ?? 0, { token, cursor });
    let client = connect(0, `${hubs.epoch()}.0`);
    const messages = shuffledWithin(
      BURST,
      Array.from({ length: MESSAGES }, (_, at) =>
        messageEvent(conversations[at % CONVERSATIONS] ?? '', `m${at}`, 100 + at),
      ),
    );
    const sending = (async () => {
      for (let at = 0; at < messages.length; at += BURST) {
        await hubs.send(...messages.slice(at, at + BURST));
      }
    })();
    for (let reconnect = 1; reconnect <= RECONNECTS; reconnect += 1) {
      const enough = (MESSAGES / (RECONNECTS + 1)) * reconnect;
      await expect
        .poll(() => seen.length + client.changes.length, { timeout: 60_000, interval: 5 })
        .toBeGreaterThanOrEqual(enough);
      await client.cut();
      seen.push(...client.changes);
      client = connect(reconnect, client.cursor);
    }
    await sending;
    await expect
      .poll(() => seen.length + client.changes.length, { timeout: 60_000, interval: 5 })
      .toBeGreaterThanOrEqual(MESSAGES + CONVERSATIONS);
    seen.push(...client.changes);
    expect(onceEach(seen)).toBe(MESSAGES + CONVERSATIONS);
    expect(inOrder(seen)).toEqual([]);
    expect(seen.filter(({ late }) => late)).toEqual([]);
    await client.cut();
  }, 180_000);
});
