/** A generator of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The items, each part of `size` of them in an order of chance. */
export function shuffledWithin<T>(size: number, items: readonly T[], seed = 1): T[] {
  const random = seeded(seed);
  const shuffled: T[] = [];
  for (let at = 0; at < items.length; at += size) {
    const keyed = items.slice(at, at + size).map((item) => ({ item, key: random() }));
    shuffled.push(...keyed.sort((a, b) => a.key - b.key).map(({ item }) => item));
  }
  return shuffled;
}
