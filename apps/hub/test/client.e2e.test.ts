import { setImmediate as nextTurn } from 'node:timers/promises';
import { memoryStorage, RealtimeClient, type RealtimeIssue } from '@ayna/client';
import { dmConversation, dmMessage } from '@ayna/contract';
import type { ChangeFrame } from '@ayna/contract/realtime';
import { startAuthEmulator } from '@ayna/emulator-auth';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { startPglite } from '@ayna/emulator-sql';
import { startChild } from '@ayna/processes';
import { connectServiceBus } from '@ayna/service-bus';
import { idTokenOf, inOrder, onceEach } from '@ayna/test-clients';
import { expect, test } from 'vitest';
import { startCuttingProxy } from './cutting-proxy.ts';
import { messageOf } from './message-of.ts';

const MESSAGES = 2_000;
const CONVERSATIONS = 5;
const ALL = MESSAGES + CONVERSATIONS;
const CUTS = 20;
const RELOAD_AT = 7;
const STOP_HUB_AT = 14;
const PROJECT = 'demo-hub';
const EVENTUALLY = { timeout: 60_000, interval: 5 };

test(`an app that is cut off ${CUTS} times, reloaded, and moved from a hub that stops to another sees each of ${MESSAGES} messages once`, async () => {
  await using auth = await startAuthEmulator({ projectId: PROJECT });
  await using database = await startPglite();
  await using broker = await startServiceBusEmulator({
    topology: { topics: { mirror: { subscriptions: { realtime: {} } } } },
  });
  const { connectionString } = broker;
  const start = () =>
    startChild(new URL('../src/main.ts', import.meta.url).href, {
      env: {
        SERVICEBUS_CONNECTION_STRING: connectionString,
        SERVICEBUS_TOPIC_REALTIME_MIRROR: 'mirror',
        HUB_DATABASE_URL: database.url,
        GOOGLE_CLOUD_PROJECT: PROJECT,
        FIREBASE_AUTH_EMULATOR_HOST: auth.host,
        HUB_ASK_FIRESTORE: 'false',
        HOST: '127.0.0.1',
        PORT: '0',
        HUB_PORT: '0',
        LOG_LEVEL: 'warn',
      },
    });
  await using first = await start();
  await using second = await start();
  const portOf = ({ announcement }: typeof first) => (announcement as { hubPort: number }).hubPort;
  await using network = await startCuttingProxy(portOf(first));

  const storage = memoryStorage();
  const seen: ChangeFrame[] = [];
  const resets: string[] = [];
  const issues: RealtimeIssue[] = [];
  const open = () =>
    new RealtimeClient({
      userId: 'ann',
      url: `ws://127.0.0.1:${network.port}/realtime`,
      token: () => idTokenOf(auth.host, 'ann'),
      storage,
      limits: { baseMs: 10, maxMs: 500 },
      onChange: (change) => {
        seen.push(change);
      },
      onReset: ({ reason }) => {
        resets.push(reason);
      },
      onIssue: (issue) => issues.push(issue),
    });
  let client = open();
  const bus = connectServiceBus({ kind: 'connectionString', connectionString });
  try {
    await expect.poll(() => client.status, EVENTUALLY).toBe('live');
    const sender = bus.createSender('mirror');
    await sender.sendMessages(
      Array.from({ length: CONVERSATIONS }, (_, at) =>
        messageOf(dmConversation, { conversationId: `c${at}` }, 1, { ownerId: 'ann' }),
      ),
    );
    const send = (from: number, to: number) =>
      sender.sendMessages(
        Array.from({ length: to - from }, (_, at) => {
          const conversationId = `c${(from + at) % CONVERSATIONS}`;
          const key = { conversationId, messageId: `m${from + at}` };
          return messageOf(dmMessage, key, 10 + from + at, { body: 'merhaba' });
        }),
      );
    const batch = MESSAGES / CUTS;
    for (let cut = 1; cut <= CUTS; cut += 1) {
      const sending = send((cut - 1) * batch, cut * batch);
      // In the middle of what the last batch brings, on a connection made since the last cut.
      await expect.poll(() => seen.length, EVENTUALLY).toBeGreaterThan((cut - 1) * batch);
      await expect.poll(() => network.connections, EVENTUALLY).toBeGreaterThanOrEqual(cut);
      if (cut === RELOAD_AT) {
        client.close();
        // The storage in memory has what it was given by the next turn of the loop.
        await nextTurn();
        client = open();
      } else if (cut === STOP_HUB_AT) {
        network.target(portOf(second));
        await first.stop();
      } else network.cut();
      await sending;
    }
    await expect.poll(() => seen.length, EVENTUALLY).toBeGreaterThanOrEqual(ALL);
    // After the last cut, too, the app comes back; and then nothing comes twice.
    await expect.poll(() => network.connections, EVENTUALLY).toBeGreaterThan(CUTS);
    await expect.poll(() => client.status, EVENTUALLY).toBe('live');
    expect(onceEach(seen)).toBe(ALL);
    expect(inOrder(seen).filter(({ late }) => !late)).toEqual([]);
    expect(resets).toEqual(['new']);
    expect(issues.filter(({ kind }) => kind !== 'unreachable')).toEqual([]);
  } finally {
    client.close();
    await bus.close();
  }
}, 120_000);
