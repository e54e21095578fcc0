/** Random numbers that derive from a seed: the same seed gives the same run. */
export interface Random {
  /** In [0, 1). */
  readonly next: () => number;
  /** In [0, below). */
  below(below: number): number;
  pick<const Item>(items: readonly [Item, ...Item[]]): Item;
}

/** The mulberry32 generator: small and good enough for sample data, never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { next, below, pick: (items) => items[below(items.length)] ?? items[0] };
}
