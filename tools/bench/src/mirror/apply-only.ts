import { entities, mirrorChange, parseMirrorEvent, wireData } from '@ayna/contract';
import { DEFAULT_BATCH_POLICY } from '@ayna/platform';
import { openMirrorStore } from '@ayna/sql-gateway';
import { nowMs } from '../now.ts';
import { eventsOf, makeBacklog } from './backlog.ts';

/**
 * A program: puts the changes of a backlog into SQL in batches as large as the processor's, as many
 * at once, with no broker. What it applies in a second is the ceiling that the store sets.
 */
const [url = '', count = ''] = process.argv.slice(2);
const { maxBatchSize, maxInFlight } = DEFAULT_BATCH_POLICY;
const changes = eventsOf(makeBacklog(Number(count))).map((event) =>
  mirrorChange(parseMirrorEvent(entities, event, wireData(event))),
);
const store = openMirrorStore({ database: url, entities });
await store.verifySchema();

let next = 0;
async function applyBatches(): Promise<void> {
  while (next < changes.length) {
    const batch = changes.slice(next, next + maxBatchSize);
    next += batch.length;
    await store.apply(batch);
  }
}

const begun = nowMs();
await Promise.all(Array.from({ length: maxInFlight }, applyBatches));
const seconds = (nowMs() - begun) / 1_000;
await store.close();
process.send?.({ perSecond: changes.length / seconds });
