import type { DocumentKey } from '@ayna/firestore';
import type { RangeCheckpoint } from './checkpoint.ts';

/** What became of a document. */
export type DocumentOutcome = 'published' | 'rejected';

interface Pending {
  readonly key: DocumentKey;
  outcome: DocumentOutcome | undefined;
}

/**
 * How far a range has come, as its checkpoint tells it.
 *
 * Documents are begun in key order and end in any order. `reached` is the last key such that
 * every document up to it has ended: what is behind it is begun again after a kill, whatever had
 * become of it. So a document is never skipped, and counted once.
 */
export interface RangeProgress {
  readonly checkpoint: Readonly<RangeCheckpoint>;
  /** Begins the next document; the function returned tells what became of it. */
  begin(key: DocumentKey): (outcome: DocumentOutcome) => void;
  /** Says that no further document will begin and that all have ended. */
  finish(): void;
}

/**
 * @param checkpoint kept up to date
 * @param onReached told of each document that `reached` passes, in key order
 */
export function trackRange(
  checkpoint: RangeCheckpoint,
  onReached: (outcome: DocumentOutcome) => void,
): RangeProgress {
  const pending = new Set<Pending>();
  const advance = () => {
    // A set keeps the order of insertion, which is that of the keys.
    for (const document of pending) {
      if (document.outcome === undefined) return;
      pending.delete(document);
      checkpoint.reached = document.key;
      onReached(document.outcome);
    }
  };
  return {
    checkpoint,
    begin: (key) => {
      const document: Pending = { key, outcome: undefined };
      pending.add(document);
      return (outcome) => {
        document.outcome = outcome;
        advance();
      };
    },
    finish: () => {
      if (pending.size > 0) throw new Error(`${pending.size} documents have not ended`);
      checkpoint.finished = true;
    },
  };
}
