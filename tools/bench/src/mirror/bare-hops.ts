import { entities, mirrorChange, parseMirrorEvent, wireData } from '@ayna/contract';
import { latencyRecorder, type LatencySummary } from '@ayna/platform';
import { createPublisher } from '@ayna/publisher';
import { openMirrorStore } from '@ayna/sql-gateway';
import type { Broker } from '../broker.ts';
import { nowMs } from '../now.ts';
import type { DatabaseSource } from '../databases.ts';
import { eventsOf, makeBacklog } from './backlog.ts';

const SAMPLES = 500;
const WARM_UP = 100;

/** One message at a time through the broker: from publishing to the reader's handler. */
export async function brokerHop(broker: Broker): Promise<LatencySummary> {
  const topic = 'bare-hop';
  await broker.createTopic(topic, ['reader']);
  const publisher = createPublisher(broker.client, topic);
  const receiver = broker.client.createReceiver(topic, 'reader', { receiveMode: 'peekLock' });
  let arrived: (() => void) | undefined;
  receiver.subscribe(
    {
      processMessage: () => {
        arrived?.();
        return Promise.resolve();
      },
      processError: ({ error }) => {
        throw error;
      },
    },
    { maxConcurrentCalls: 2 },
  );
  const latencies = latencyRecorder();
  const record = (begun: number, index: number) => {
    if (index >= WARM_UP) latencies.record(nowMs() - begun);
  };
  for (const [index, event] of eventsOf(makeBacklog(SAMPLES + WARM_UP, 'hop')).entries()) {
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const begun = nowMs();
    await Promise.all([publisher.publish(event), arrival.then(() => record(begun, index))]);
  }
  await publisher.close();
  await receiver.close();
  return latencies.summary();
}

/** One change at a time into SQL. */
export async function upsertHop(source: DatabaseSource): Promise<LatencySummary> {
  await using database = await source.fresh();
  await using store = openMirrorStore({ database: database.url, entities });
  const latencies = latencyRecorder();
  for (const [index, event] of eventsOf(makeBacklog(SAMPLES + WARM_UP, 'hop')).entries()) {
    const change = mirrorChange(parseMirrorEvent(entities, event, wireData(event)));
    const begun = nowMs();
    await store.apply([change]);
    if (index >= WARM_UP) latencies.record(nowMs() - begun);
  }
  return latencies.summary();
}
