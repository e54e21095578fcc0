import type { Entry } from './message.ts';
import { createMinHeap } from './min-heap.ts';

const SMALLEST_COMPACTION = 1024;
/** Entries that left out of turn and are tolerated before they are swept out. */
const SMALLEST_SWEEP = 64;

/**
 * The entries that wait for a receiver, by sequence number. What is new comes at the end; what comes
 * back (an abandoned message, say) goes to where it was. Entries that stopped being active are passed over,
 * and do not stay in for long: nobody may ever ask, and they hold their bytes.
 */
export interface ReadyQueue {
  push(entry: Entry): void;
  /** Takes the first active entry. */
  shift(): Entry | undefined;
  peek(): Entry | undefined;
  /** To be called when an entry stopped being active without having been taken: it expired, say. */
  left(): void;
}

/** Makes an empty ready queue. All operations cost O(1) for new entries and O(log n) for returned ones. */
export function createReadyQueue(): ReadyQueue {
  let fresh: (Entry | undefined)[] = [];
  let head = 0;
  let newest = -1;
  let strays = 0;
  const returned = createMinHeap<Entry>((a, b) => a.sequence - b.sequence);

  const dropPassed = (): void => {
    if (head > SMALLEST_COMPACTION && head > fresh.length / 2) {
      fresh = fresh.slice(head);
      head = 0;
    }
  };
  const firstFresh = (): Entry | undefined => {
    for (; head < fresh.length; head += 1) {
      const entry = fresh[head];
      if (entry?.state === 'active') {
        dropPassed();
        return entry;
      }
      fresh[head] = undefined;
    }
    fresh = [];
    head = 0;
    return undefined;
  };
  const firstReturned = (): Entry | undefined => {
    for (;;) {
      const entry = returned.peek();
      if (entry === undefined || entry.state === 'active') return entry;
      returned.pop();
    }
  };
  const takeFresh = (): void => {
    fresh[head] = undefined;
    head += 1;
    dropPassed();
  };
  const isActive = (entry: Entry | undefined): boolean => entry?.state === 'active';

  return {
    push(entry) {
      if (entry.sequence > newest) {
        newest = entry.sequence;
        fresh.push(entry);
      } else {
        returned.push(entry);
      }
    },
    peek() {
      const a = firstFresh();
      const b = firstReturned();
      return a && b ? (a.sequence < b.sequence ? a : b) : (a ?? b);
    },
    left() {
      // What leaves in turn, as under one time to live, is at the front: looking there lets go of it.
      firstFresh();
      firstReturned();
      strays += 1;
      if (strays <= SMALLEST_SWEEP || strays < (fresh.length - head + returned.size) / 2) return;
      fresh = fresh.filter(isActive);
      head = 0;
      returned.retain(isActive);
      strays = 0;
    },
    shift() {
      const a = firstFresh();
      const b = firstReturned();
      if (b && (!a || b.sequence < a.sequence)) return returned.pop();
      if (a) takeFresh();
      return a;
    },
  };
}
