import type { DocumentKey, SourceDocument } from '@ayna/firestore';
import type { Patience } from './patience.ts';
import type { DocumentOutcome, RangeProgress } from './range-progress.ts';
import { untilAborted } from './until-aborted.ts';

/** What publishing a range needs of the run. */
export interface RangeWork {
  /** The documents of the range behind a key, or from its beginning. */
  scan(after: DocumentKey | undefined): AsyncIterable<SourceDocument>;
  readonly patience: Patience;
  readonly stop: AbortSignal;
  /** Resolves when one more document may be published; rejects when `stop` is aborted. */
  admit(): Promise<void>;
  publish(document: SourceDocument): Promise<DocumentOutcome>;
  /** Called after each document that ended. */
  onEnded(): void;
  /** Ends the run; called when a document could be neither published nor rejected. */
  readonly fail: (error: unknown) => void;
}

/**
 * Publishes what a range still holds. Resolves once every document of it has ended; rejects when
 * `stop` is aborted before, or when the range cannot be read.
 */
export async function publishRange(range: RangeProgress, work: RangeWork): Promise<void> {
  const { patience, stop } = work;
  let after = range.checkpoint.reached ?? range.checkpoint.after;
  const underWay = new Set<Promise<void>>();
  const open = () => work.scan(after)[Symbol.asyncIterator]();
  let documents = open();
  const nextDocument = async () => {
    try {
      return await untilAborted(documents.next(), stop);
    } catch (error) {
      // A scan that has failed is over; another one begins where it stood.
      documents = open();
      throw error;
    }
  };

  for (;;) {
    const next = await patience.waitOut('Firestore', nextDocument);
    if (next.done === true) break;
    const document = next.value;
    await work.admit();
    after = document.key;
    const end = range.begin(document.key);
    const ending = work.publish(document).then((outcome) => {
      end(outcome);
      work.onEnded();
    }, work.fail);
    underWay.add(ending);
    void ending.finally(() => underWay.delete(ending));
  }
  await untilAborted(Promise.all(underWay), stop);
  stop.throwIfAborted();
  range.finish();
}
