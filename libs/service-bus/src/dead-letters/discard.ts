import { auditRecord, discardedMessage, type WriteAudit } from './audit.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { LetterWork } from './pass.ts';

export interface DiscardWork {
  readonly topic: string;
  readonly subscription: string;
  readonly audit: WriteAudit;
  readonly by: string;
  readonly onDiscarded: (letter: DeadLetter) => void;
}

const CHUNK = 100;

/** Writes letters down with all they hold; the pass completes them then. */
export function discardWork({
  topic,
  subscription,
  audit,
  by,
  onDiscarded,
}: DiscardWork): LetterWork {
  return {
    chunkSize: CHUNK,
    act: async (letters) => {
      await audit(
        letters.map((letter) =>
          auditRecord(letter, {
            by,
            action: 'discard',
            topic,
            subscription,
            newMessageId: null,
            attempt: letter.attempt,
            message: discardedMessage(letter),
          }),
        ),
      );
      return letters;
    },
    completed: onDiscarded,
  };
}
