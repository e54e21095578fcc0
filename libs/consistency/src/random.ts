import { createHash } from 'node:crypto';

/** Numbers from 0 up to, but without, 1 that derive from a text alone. */
export function randomFrom(seed: string): () => number {
  let counter = 0;
  return () => {
    counter += 1;
    const hash = createHash('sha256').update(`${seed}:${counter}`).digest();
    return hash.readUInt32BE(0) / 2 ** 32;
  };
}
