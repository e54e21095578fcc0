/** A binary heap: the item that comes before all others is on top. */
export interface MinHeap<T> {
  readonly size: number;
  peek(): T | undefined;
  push(item: T): void;
  pop(): T | undefined;
  /** Drops what `keep` refuses; costs as much as building the heap anew. */
  retain(keep: (item: T) => boolean): void;
}

/** Makes an empty heap. `compare` is negative when `a` comes before `b`. */
export function createMinHeap<T>(compare: (a: T, b: T) => number): MinHeap<T> {
  let items: T[] = [];

  const at = (index: number): T => items[index] as T;
  const rise = (start: number) => {
    let index = start;
    const item = at(index);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (compare(at(parent), item) <= 0) break;
      items[index] = at(parent);
      index = parent;
    }
    items[index] = item;
  };
  const sink = (start: number) => {
    let index = start;
    const item = at(index);
    for (;;) {
      let child = 2 * index + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && compare(at(child + 1), at(child)) < 0) child += 1;
      if (compare(item, at(child)) <= 0) break;
      items[index] = at(child);
      index = child;
    }
    items[index] = item;
  };

  return {
    get size() {
      return items.length;
    },
    peek: () => items[0],
    push(item) {
      items.push(item);
      rise(items.length - 1);
    },
    pop() {
      const top = items[0];
      const last = items.pop();
      if (items.length > 0 && last !== undefined) {
        items[0] = last;
        sink(0);
      }
      return top;
    },
    retain(keep) {
      items = items.filter(keep);
      for (let index = (items.length >> 1) - 1; index >= 0; index -= 1) sink(index);
    },
  };
}
