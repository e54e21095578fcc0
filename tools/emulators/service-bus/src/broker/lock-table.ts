import { randomBytes } from 'node:crypto';
import type { Entry, Lock } from './message.ts';

const PREFIX_BYTES = 8;

/**
 * The locks of one queue. A lock's id is the second half of its token; the first half is random, so
 * that a token of another queue, or of the process before a restart, is never taken for one of these.
 */
export interface LockTable {
  readonly size: number;
  /** When the oldest lock ends; `Infinity` when there is none. */
  earliestMs(): number;
  grant(entry: Entry, untilMs: number): Lock;
  prolong(lock: Lock, untilMs: number): void;
  release(lock: Lock): void;
  holds(lock: Lock): boolean;
  /** The 16 bytes of the token, in the order of RFC 4122. */
  tokenOf(lock: Lock): Buffer;
  find(token: Buffer): Lock | undefined;
  /** Those whose time is over, oldest first. They stay in the table until they are released. */
  expired(nowMs: number): Lock[];
}

/**
 * Makes an empty table. Locks of one queue last equally long, so the order in which they were granted
 * is the order in which they end, and a `Map` keeps that order.
 */
export function createLockTable(): LockTable {
  const prefix = randomBytes(PREFIX_BYTES);
  const locks = new Map<number, Lock>();
  let lastId = 0;
  return {
    get size() {
      return locks.size;
    },
    earliestMs: () => locks.values().next().value?.untilMs ?? Infinity,
    grant(entry, untilMs) {
      lastId += 1;
      const lock: Lock = { id: lastId, entry, untilMs };
      locks.set(lock.id, lock);
      return lock;
    },
    prolong(lock, untilMs) {
      lock.untilMs = untilMs;
      locks.delete(lock.id);
      locks.set(lock.id, lock);
    },
    release: (lock) => {
      locks.delete(lock.id);
    },
    holds: (lock) => locks.get(lock.id) === lock,
    tokenOf(lock) {
      const token = Buffer.allocUnsafe(16);
      prefix.copy(token);
      token.writeUInt32BE(Math.floor(lock.id / 2 ** 32), 8);
      token.writeUInt32BE(lock.id >>> 0, 12);
      return token;
    },
    find(token) {
      if (token.length !== 16 || token.compare(prefix, 0, PREFIX_BYTES, 0, PREFIX_BYTES) !== 0) {
        return undefined;
      }
      return locks.get(token.readUInt32BE(8) * 2 ** 32 + token.readUInt32BE(12));
    },
    expired(nowMs) {
      const found: Lock[] = [];
      for (const lock of locks.values()) {
        if (lock.untilMs > nowMs) break;
        found.push(lock);
      }
      return found;
    },
  };
}
