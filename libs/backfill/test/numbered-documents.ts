import { dmMessage, SourceVersion } from '@ayna/contract';
import type { DocumentKey, DocumentSource, SourceDocument } from '@ayna/firestore';
import type { Checkpoint, CheckpointStore } from '../src/index.ts';

/** The key of the n-th document; keys are in the order of the numbers. */
export const keyOf = (number: number): DocumentKey => ({
  conversationId: 'c',
  messageId: String(number).padStart(6, '0'),
});
const numberOf = (key: DocumentKey | undefined) => Number(key?.messageId ?? Number.NaN);
export const pathOf = (number: number): string => dmMessage.path.format(keyOf(number));

/** So many documents of `dm.message`, cut in equal ranges, in memory: what a checkpoint sees. */
export function numberedDocuments(
  count: number,
): Pick<DocumentSource, 'name' | 'scan' | 'partitions'> {
  const document = (number: number): SourceDocument => ({
    key: keyOf(number),
    path: pathOf(number),
    state: { fields: { number }, version: SourceVersion.fromMicros(BigInt(number + 1)) },
  });
  return {
    name: '//memory',
    async *scan(_entity, { after, upTo } = {}) {
      const from = after ? numberOf(after) + 1 : 0;
      const to = upTo ? numberOf(upTo) : count - 1;
      for (let number = from; number <= to; number += 1) {
        await Promise.resolve();
        yield document(number);
      }
    },
    partitions: (_entity, wanted) => {
      const parts = Math.max(1, Math.min(wanted, count));
      const bounds = Array.from({ length: parts - 1 }, (_, index) =>
        keyOf(Math.floor(((index + 1) * count) / parts) - 1),
      );
      return Promise.resolve(
        [undefined, ...bounds].map((after, index) => {
          const upTo = bounds[index];
          return { ...(after && { after }), ...(upTo && { upTo }) };
        }),
      );
    },
  };
}

/** A checkpoint in memory. What was saved is text, as in a file. */
export class MemoryCheckpoint implements CheckpointStore {
  readonly name = 'memory';
  text: string | undefined;

  load(): Promise<Checkpoint | undefined> {
    return Promise.resolve(this.saved);
  }

  get saved(): Checkpoint | undefined {
    return this.text === undefined ? undefined : (JSON.parse(this.text) as Checkpoint);
  }

  save(checkpoint: Checkpoint): Promise<void> {
    this.text = JSON.stringify(checkpoint);
    return Promise.resolve();
  }
}
