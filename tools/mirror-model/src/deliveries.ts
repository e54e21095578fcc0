import fc from 'fast-check';

/** Random numbers from which `spread` makes a delivery. */
export type Spreading = readonly {
  readonly item: number;
  readonly at: number;
  readonly lane: number;
  readonly cut: boolean;
}[];

/** For each lane its batches, in order. Lanes are independent of each other: two writers at once. */
export type Spread<T> = readonly (readonly (readonly T[])[])[];

const LANES = 2;
const LATEST = 1_000;

/**
 * Random deliveries, for `spread`.
 *
 * @param maxLength how many items at most are placed at random; further ones come in order
 */
export function spreads(maxLength = 100): fc.Arbitrary<Spreading> {
  return fc.array(
    fc.record({
      item: fc.nat(),
      at: fc.integer({ min: -LATEST, max: LATEST }),
      lane: fc.nat(LANES - 1),
      cut: fc.boolean(),
    }),
    { maxLength },
  );
}

/**
 * Delivers each of `required` at least once, and any of `repeated` any number of times, in any
 * order, on two lanes, cut into batches. Half of the repeated ones come before everything else: a
 * subset first, then all.
 */
export function spread<T>(
  spreading: Spreading,
  required: readonly T[],
  repeated: readonly T[] = required,
): Spread<T> {
  const placed: { item: T; at: number; lane: number; cut: boolean }[] = [];
  for (const [index, item] of required.entries()) {
    const { at = LATEST + index, lane = index % LANES, cut = false } = spreading[index] ?? {};
    placed.push({ item, at: Math.abs(at), lane, cut });
  }
  for (const { item: number, ...place } of spreading.slice(required.length)) {
    const item = repeated[number % repeated.length];
    if (item !== undefined) placed.push({ item, ...place });
  }
  placed.sort((a, b) => a.at - b.at);
  return Array.from({ length: LANES }, (_, lane) =>
    batches(placed.filter((place) => place.lane === lane)),
  );
}

function batches<T>(items: readonly { readonly item: T; readonly cut: boolean }[]): T[][] {
  const all: T[][] = [];
  let open = true;
  for (const { item, cut } of items) {
    if (open) all.push([]);
    all.at(-1)?.push(item);
    open = cut;
  }
  return all;
}
