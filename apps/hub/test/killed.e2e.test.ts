import { dmConversation, dmMessage } from '@ayna/contract';
import type { ChangeFrame } from '@ayna/contract/realtime';
import { startAuthEmulator } from '@ayna/emulator-auth';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { startPostgres } from '@ayna/emulator-sql';
import { startChild, type Child } from '@ayna/processes';
import { connectServiceBus } from '@ayna/service-bus';
import { connectClient, idTokenOf, inOrder, onceEach } from '@ayna/test-clients';
import { expect, test } from 'vitest';
import { messageOf } from './message-of.ts';

const MESSAGES = 6_000;
const CONVERSATIONS = 10;
const PROJECT = 'demo-hub';
const EVENTUALLY = { timeout: 60_000, interval: 10 };

test('hubs that are killed with messages in hand lose nothing: a client sees each once, and what is out of order says so', async () => {
  await using auth = await startAuthEmulator({ projectId: PROJECT });
  await using server = await startPostgres();
  await using broker = await startServiceBusEmulator({
    topology: {
      topics: {
        mirror: { subscriptions: { realtime: { lockDurationMs: 2_000, maxDeliveryCount: 100 } } },
      },
    },
  });
  const env = {
    SERVICEBUS_CONNECTION_STRING: broker.connectionString,
    SERVICEBUS_TOPIC_REALTIME_MIRROR: 'mirror',
    HUB_DATABASE_URL: server.url,
    GOOGLE_CLOUD_PROJECT: PROJECT,
    FIREBASE_AUTH_EMULATOR_HOST: auth.host,
    HUB_ASK_FIRESTORE: 'false',
    HOST: '127.0.0.1',
    PORT: '0',
    HUB_PORT: '0',
    LOG_LEVEL: 'warn',
  };
  const main = new URL('../src/main.ts', import.meta.url).href;
  const start = () => startChild(main, { env });
  const portOf = (hub: Child | undefined) => (hub?.announcement as { hubPort: number }).hubPort;
  const token = await idTokenOf(auth.host, 'ann');
  const client = connectServiceBus({
    kind: 'connectionString',
    connectionString: broker.connectionString,
  });
  const sender = client.createSender('mirror');
  const hubs = [await start(), await start()];
  const seen: ChangeFrame[] = [];
  try {
    let connected = connectClient(portOf(hubs[0]), { token });
    await connected.live;
    await sender.sendMessages(
      Array.from({ length: CONVERSATIONS }, (_, at) =>
        messageOf(dmConversation, { conversationId: `c${at}` }, 1, { ownerId: 'ann' }),
      ),
    );
    const sending = (async () => {
      for (let from = 0; from < MESSAGES; from += 100) {
        const messages = Array.from({ length: 100 }, (_, at) => {
          const key = {
            conversationId: `c${(from + at) % CONVERSATIONS}`,
            messageId: `m${from + at}`,
          };
          return messageOf(dmMessage, key, 10 + from + at, { body: 'x'.repeat(200) });
        });
        await sender.sendMessages(messages);
      }
    })();
    for (let kill = 1; kill <= 2; kill += 1) {
      await expect
        .poll(() => seen.length + connected.changes.length, EVENTUALLY)
        .toBeGreaterThan((MESSAGES / 4) * kill);
      await hubs.shift()?.kill();
      await connected.closed;
      seen.push(...connected.changes);
      hubs.push(await start());
      connected = connectClient(portOf(hubs[0]), { token, cursor: connected.cursor });
    }
    await sending;
    const all = MESSAGES + CONVERSATIONS;
    await expect.poll(() => seen.length + connected.changes.length, EVENTUALLY).toBe(all);
    seen.push(...connected.changes);
    expect(onceEach(seen)).toBe(all);
    expect(inOrder(seen).filter(({ late }) => !late)).toEqual([]);
    await connected.cut();
  } finally {
    await client.close();
    await Promise.all(hubs.map((hub) => hub.stop()));
  }
}, 180_000);
