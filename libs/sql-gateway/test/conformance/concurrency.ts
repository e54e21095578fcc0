import { dmMessage, followEdge, type MirrorChange } from '@ayna/contract';
import { modelRows } from '@ayna/mirror-model';
import { seededRandom } from '@ayna/processes';
import { expect, test } from 'vitest';
import { openMirrorStore } from '../../src/index.ts';
import { messageChange, messageDeletion } from '../sample-changes.ts';
import { contentOf, type StoreUnderTest } from '../store-under-test.ts';

/** Guarantees about writers that meet. */
export function describeConcurrency(open: () => StoreUnderTest): void {
  test('two writers on the same keys never deadlock, and the newest versions stay', async () => {
    const { url, store } = open();
    await using other = openMirrorStore({ database: url, entities: [dmMessage, followEdge] });
    const { next: random } = seededRandom(7);
    const history = Array.from({ length: 2_400 }, (_, n) => {
      const id = `meet${Math.floor(random() * 40)}`;
      const change = random() < 0.3 ? messageDeletion(id, n + 1) : messageChange(id, n + 1);
      return random() < 0.3 ? asEdge(change) : change;
    });
    const writers = [store, other, store, other].map(async (writer, at) => {
      const own = shuffled(history, seededRandom(at + 1).next);
      const outcomes = new Map<string, string>();
      while (own.length > 0) {
        const batch = own.splice(0, 1 + Math.floor(random() * 120));
        for (const [n, outcome] of (await writer.apply(batch)).entries()) {
          outcomes.set(batch[n]?.eventId ?? '', outcome);
        }
      }
      return outcomes;
    });
    const answers = await Promise.all(writers);
    for (const entity of [dmMessage, followEdge]) {
      const rows = (await contentOf(store, entity)).filter(({ eventId }) =>
        eventId.includes('meet'),
      );
      expect(rows).toEqual(modelRows(entity, history));
      for (const { eventId } of rows) {
        const said = answers.map((outcomes) => outcomes.get(eventId)).sort();
        expect(said).toEqual(['applied', 'duplicate', 'duplicate', 'duplicate']);
      }
    }
  });
}

function asEdge(change: MirrorChange): MirrorChange {
  return {
    ...change,
    entity: followEdge,
    key: { userId: change.key.messageId ?? '', targetId: 't' },
    columns: change.columns && { createdAt: null, updatedAt: null, edgeType: 'follow' },
  };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
