/** Holes that are tolerated before the list of numbers is written anew. */
const SMALLEST_COMPACTION = 1024;

/** What a queue holds, by sequence number, and walkable in that order. */
export interface SequenceIndex<T> {
  readonly size: number;
  get(sequence: number): T | undefined;
  add(sequence: number, item: T): void;
  remove(sequence: number): void;
  /** Everything from `sequence` on, in order. Items removed meanwhile are skipped. */
  from(sequence: number): Generator<T, void>;
}

/** Makes an empty index. Adding at the end, removing and looking up cost O(1). */
export function createSequenceIndex<T>(): SequenceIndex<T> {
  const items = new Map<number, T>();
  let order: number[] = [];

  const firstNotBelow = (sequence: number): number => {
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((order[middle] ?? 0) < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    get size() {
      return items.size;
    },
    get: (sequence) => items.get(sequence),
    add(sequence, item) {
      items.set(sequence, item);
      const last = order.at(-1);
      if (last === undefined || sequence > last) {
        order.push(sequence);
        return;
      }
      const place = firstNotBelow(sequence);
      if (order[place] !== sequence) order.splice(place, 0, sequence);
    },
    remove(sequence) {
      if (!items.delete(sequence)) return;
      const holes = order.length - items.size;
      if (holes > SMALLEST_COMPACTION && holes > items.size) {
        order = order.filter((number) => items.has(number));
      }
    },
    *from(sequence) {
      const numbers = order;
      for (let place = firstNotBelow(sequence); place < numbers.length; place += 1) {
        const item = items.get(numbers[place] ?? 0);
        if (item !== undefined) yield item;
      }
    },
  };
}
