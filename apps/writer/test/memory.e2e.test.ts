import {
  CONTRACT_VERSION,
  dmMessage,
  entities,
  SourceVersion,
  type MirrorEvent,
} from '@ayna/contract';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { spawnPglite } from '@ayna/emulator-sql';
import { connectServiceBus, toMessage } from '@ayna/service-bus';
import { migrate, openDatabase, openMirrorStore } from '@ayna/sql-gateway';
import { expect, test } from 'vitest';
import { EVENTUALLY, startWriter } from './running-writer.ts';

const WAITING = 100_000;
const MAX_MEGABYTES = 300;
/** As many as the broker takes in one batch. */
const AT_ONCE = 250;
const TOPIC = 'realtime-mirror';
const SUBSCRIPTION = 'sql-writer';
const FIRST_VERSION = 1_760_000_000_000_000n;

function eventOf(index: number): MirrorEvent {
  const key = { conversationId: `c${index % 1_000}`, messageId: `m${index}` };
  const sourceVersion = SourceVersion.fromMicros(FIRST_VERSION + BigInt(index));
  const time = sourceVersion.toIso();
  return {
    specversion: '1.0',
    id: `event-${index}`,
    type: 'dm.message.create',
    source: '//test',
    subject: dmMessage.path.format(key),
    time,
    contractversion: CONTRACT_VERSION,
    data: {
      operation: 'create',
      key,
      sourceVersion,
      replacesVersion: null,
      document: JSON.stringify({ body: `message ${index}` }),
      previousDocument: null,
      claimCheck: false,
      occurredAt: time,
      attempt: 1,
      syncSource: 'trigger',
    },
  };
}

test.skipIf(process.platform !== 'linux')(
  `memory stays under ${MAX_MEGABYTES} MB while ${WAITING} messages wait`,
  { timeout: 600_000 },
  async () => {
    await using broker = await startServiceBusEmulator({
      topology: { topics: { [TOPIC]: { subscriptions: { [SUBSCRIPTION]: {} } } } },
    });
    await using sql = await spawnPglite();
    await using database = openDatabase({ url: sql.url });
    await migrate(database);
    const client = connectServiceBus({
      kind: 'connectionString',
      connectionString: broker.connectionString,
    });
    const sender = client.createSender(TOPIC);
    for (let from = 0; from < WAITING; from += AT_ONCE) {
      const events = Array.from({ length: AT_ONCE }, (_, index) => eventOf(from + index));
      await sender.sendMessages(events.map((event) => toMessage(event, event.id)));
    }

    await using writer = startWriter({
      SERVICEBUS_CONNECTION_STRING: broker.connectionString,
      DATABASE_URL: sql.url,
      HOST: '127.0.0.1',
      PORT: '0',
    });
    await expect
      .poll(() => writer.status(), { ...EVENTUALLY, timeout: 500_000, interval: 250 })
      .toMatchObject({ inHand: 0, counts: { applied: WAITING, deadLettered: 0 } });
    const peak = await writer.peakMegabytes();
    expect(peak).toBeLessThan(MAX_MEGABYTES);
    await using store = openMirrorStore({ database, entities });
    expect(await store.count(dmMessage)).toBe(WAITING);
    await client.close();
  },
);
