import type { ServiceBusMessage } from '@azure/service-bus';
import { CONTRACT_VERSION, entities } from '@ayna/contract';
import {
  histories,
  modelRows,
  runs,
  spread,
  spreads,
  type CommittedChange,
} from '@ayna/mirror-model';
import { toMessage } from '@ayna/service-bus';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EVENTUALLY, openMirror, type MirrorUnderTest } from './mirror-under-test.ts';

test('any history, shuffled and with repetitions, ends in its rows by two processors at once', async () => {
  const batchSizes = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }));
  const shares = [0, 0];
  await fc.assert(
    fc.asyncProperty(histories(), spreads(), batchSizes, async (history, spreading, sizes) => {
      await using mirror = await openMirror();
      const lanes = spread(spreading, history);
      const processors = sizes.map((maxBatchSize) => mirror.start({ batch: { maxBatchSize } }));
      const publish = async (batches: (typeof lanes)[number]) => {
        for (const batch of batches) await mirror.send(...batch.map(messageOf));
      };
      await Promise.all(lanes.map(publish));
      const settled = () =>
        processors.map((processor) => {
          const { applied, stale, duplicate } = processor.status().counts;
          return applied + stale + duplicate;
        });
      const total = () => settled().reduce((sum, each) => sum + each);
      await expect.poll(total, EVENTUALLY).toBe(lanes.flat(2).length);
      for (const [at, share] of settled().entries()) shares[at] = (shares[at] ?? 0) + share;
      expect(await mirror.deadLetters()).toEqual([]);
      await expectRows(mirror, history);
    }),
    runs(8),
  );
  expect(Math.min(...shares)).toBeGreaterThan(0);
});

async function expectRows(
  { store }: MirrorUnderTest,
  history: readonly CommittedChange[],
): Promise<void> {
  for (const entity of entities) {
    const rows = [];
    for await (const { mirroredAt, ...row } of store.scan(entity, { includeTombstones: true })) {
      expect(mirroredAt).not.toBe('');
      rows.push(row);
    }
    expect(rows).toEqual(modelRows(entity, history));
  }
}

/** A change as it travels. */
function messageOf(change: CommittedChange): ServiceBusMessage {
  const { entity, key, operation, document, eventId, sourceVersion, syncSource } = change;
  const time = sourceVersion.toIso();
  return toMessage(
    {
      specversion: '1.0',
      id: eventId,
      type: entity.eventType(operation),
      source: '//test',
      subject: entity.path.format(key),
      time,
      contractversion: CONTRACT_VERSION,
      data: {
        operation,
        key,
        sourceVersion,
        replacesVersion: null,
        document,
        previousDocument: null,
        claimCheck: false,
        occurredAt: time,
        attempt: 1,
        syncSource,
      },
    },
    eventId,
  );
}
