import { seededRandom } from '@ayna/processes';

/** The items, each part of `size` of them in an order of chance. */
export function shuffledWithin<T>(size: number, items: readonly T[], seed = 1): T[] {
  const random = seededRandom(seed);
  const shuffled: T[] = [];
  for (let at = 0; at < items.length; at += size) {
    const keyed = items.slice(at, at + size).map((item) => ({ item, key: random.next() }));
    shuffled.push(...keyed.sort((a, b) => a.key - b.key).map(({ item }) => item));
  }
  return shuffled;
}
