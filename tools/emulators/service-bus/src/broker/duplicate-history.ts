import type { SeenId } from './journal.ts';

/** The message ids that an entity has seen within its window. */
export interface DuplicateHistory {
  /** Says whether the id is new, and remembers it if so. */
  admit(messageId: string, nowMs: number, windowMs: number): boolean;
  /** Takes back that an id was seen, because its message was refused. */
  forget(messageId: string): void;
  remember(ids: Iterable<SeenId>): void;
  entries(): Iterable<SeenId>;
}

/** Makes an empty history. A `Map` keeps the order of arrival, so the old ones are at its front. */
export function createDuplicateHistory(): DuplicateHistory {
  const seen = new Map<string, number>();
  return {
    admit(messageId, nowMs, windowMs) {
      for (const [id, atMs] of seen) {
        if (atMs + windowMs > nowMs) break;
        seen.delete(id);
      }
      if (seen.has(messageId)) return false;
      seen.set(messageId, nowMs);
      return true;
    },
    forget: (messageId) => {
      seen.delete(messageId);
    },
    remember(ids) {
      for (const [id, atMs] of ids) seen.set(id, atMs);
    },
    entries: () => seen.entries(),
  };
}
