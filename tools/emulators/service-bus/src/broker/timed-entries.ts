import type { Entry } from './message.ts';
import { createMinHeap } from './min-heap.ts';

/** Below this many, entries that are gone are not worth sweeping out. */
const SMALLEST_SWEEP = 64;

/** The entries of a store that something happens to at a time of their own. */
export interface TimedEntries {
  /** An entry that expires. */
  expires(entry: Entry): void;
  /** An entry that waits for its time. */
  waits(entry: Entry): void;
  /** The next one whose time has come, if there is one; each is given once. */
  nextDue(nowMs: number): Entry | undefined;
  /** The next one that has expired. One that is locked is passed over: its lock looks at the time itself. */
  nextExpired(nowMs: number): Entry | undefined;
  earliestMs(): number;
  /** To be called when an entry is gone: sweeps out what is gone, as soon as it is most of what there is. */
  left(liveEntries: number): void;
}

const dueAtMs = (entry: Entry): number => entry.content.scheduledForMs ?? 0;

/** What is due at the same time comes in the order in which it was scheduled. */
function bySchedule(a: Entry, b: Entry): number {
  const apart = dueAtMs(a) - dueAtMs(b);
  return apart === 0 ? a.sequence - b.sequence : apart;
}

/** Starts without entries. Those that are gone stay inside until their time, or until they are most. */
export function createTimedEntries(): TimedEntries {
  const expiring = createMinHeap<Entry>((a, b) => a.expiresAtMs - b.expiresAtMs);
  const waiting = createMinHeap<Entry>(bySchedule);
  return {
    expires(entry) {
      expiring.push(entry);
    },
    waits(entry) {
      waiting.push(entry);
    },
    nextDue(nowMs) {
      for (let first = waiting.peek(); first; first = waiting.peek()) {
        const waits = first.state === 'scheduled';
        if (waits && dueAtMs(first) > nowMs) return undefined;
        waiting.pop();
        if (waits) return first;
      }
      return undefined;
    },
    nextExpired(nowMs) {
      for (let first = expiring.peek(); first; first = expiring.peek()) {
        if (first.state !== 'gone' && first.expiresAtMs > nowMs) return undefined;
        expiring.pop();
        if (first.state === 'active' || first.state === 'deferred') return first;
      }
      return undefined;
    },
    left(liveEntries) {
      for (const watched of [expiring, waiting]) {
        if (watched.size <= SMALLEST_SWEEP || watched.size <= 2 * liveEntries) continue;
        watched.retain((entry) => entry.state !== 'gone');
      }
    },
    earliestMs() {
      const first = waiting.peek();
      return Math.min(first ? dueAtMs(first) : Infinity, expiring.peek()?.expiresAtMs ?? Infinity);
    },
  };
}
