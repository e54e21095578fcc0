import type { PGlite } from '@electric-sql/pglite';
import { Turns } from './turns.ts';

/** PGlite's single backend and whose turn it is. */
export interface Backend {
  readonly turns: Turns;
  /** Runs messages and returns the answer of the backend. Only for the holder of the turn. */
  run(messages: Uint8Array): Promise<Buffer>;
  isInTransaction(): boolean;
}

export function backendOf(db: PGlite): Backend {
  return {
    turns: new Turns(),
    isInTransaction: () => db.isInTransaction(),
    run: async (messages) => {
      const chunks: Buffer[] = [];
      await db.runExclusive(() =>
        db.execProtocolRawStream(messages, {
          // PGlite reuses its buffer: what is kept must be copied.
          onRawData: (data) => void chunks.push(Buffer.from(data)),
        }),
      );
      return Buffer.concat(chunks);
    },
  };
}
