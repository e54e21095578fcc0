import type { BrokerError } from './broker-error.ts';
import type { Consumer } from './consumer.ts';
import type { Lock } from './message.ts';
import { createReadyQueue, type ReadyQueue } from './ready-queue.ts';

/**
 * A session: the messages of one queue that carry one session id, received in order by one receiver at
 * a time, together with a state that receivers keep there.
 */
export interface Session {
  readonly id: string;
  readonly ready: ReadyQueue;
  /** Locks of messages delivered in this session; they end with the session's own lock. */
  readonly locks: Set<Lock>;
  state: Buffer | null;
  lastUpdatedMs: number;
  /** Messages of this session in the queue, in whatever state. */
  messages: number;
  holder: SessionLock | undefined;
}

/** The right of one receiver to a session. */
export interface SessionLock {
  readonly session: Session;
  readonly owner: SessionOwner;
  untilMs: number;
  consumer: Consumer | undefined;
}

/** The receiver that holds a session. */
export interface SessionOwner {
  /** Management requests name the link they belong to. */
  readonly linkName: string;
  /** Called when the lock runs out, or the entity is removed. Not called after a release. */
  onLost(reason: BrokerError): void;
}

/** Somebody who waits for any session. */
interface Waiter {
  readonly owner: SessionOwner;
  readonly accept: (lock: SessionLock) => void;
}

/** The sessions of one queue. */
export interface SessionTable {
  get(id: string): Session | undefined;
  obtain(id: string): Session;
  all(): Iterable<Session>;
  /** A session that nobody holds and that has a message waiting; the one waiting longest. */
  nextAvailable(): Session | undefined;
  /** To be called whenever a session may have become available. */
  offer(session: Session): void;
  hold(session: Session, owner: SessionOwner, untilMs: number): SessionLock;
  release(lock: SessionLock): void;
  held(): ReadonlySet<SessionLock>;
  earliestMs(): number;
  /** Waits for a session. The returned function ends the waiting. */
  wait(owner: SessionOwner, untilMs: () => number, accept: (lock: SessionLock) => void): () => void;
  /** Forgets a session that has neither messages, nor state, nor a holder. */
  forgetIfEmpty(session: Session): void;
}

/** Makes an empty session table. */
export function createSessionTable(): SessionTable {
  const sessions = new Map<string, Session>();
  const available = new Set<Session>();
  const locks = new Set<SessionLock>();
  const waiters = new Set<Waiter & { untilMs: () => number }>();

  const nextAvailable = (): Session | undefined => {
    for (const session of available) {
      if (!session.holder && session.ready.peek()) return session;
      available.delete(session);
    }
    return undefined;
  };
  const hold = (session: Session, owner: SessionOwner, untilMs: number): SessionLock => {
    const lock: SessionLock = { session, owner, untilMs, consumer: undefined };
    session.holder = lock;
    locks.add(lock);
    available.delete(session);
    return lock;
  };

  return {
    get: (id) => sessions.get(id),
    obtain(id) {
      let session = sessions.get(id);
      if (!session) {
        session = {
          id,
          ready: createReadyQueue(),
          locks: new Set(),
          state: null,
          lastUpdatedMs: 0,
          messages: 0,
          holder: undefined,
        };
        sessions.set(id, session);
      }
      return session;
    },
    all: () => sessions.values(),
    nextAvailable,
    offer(session) {
      if (session.holder || !session.ready.peek()) return;
      available.add(session);
      for (const waiter of waiters) {
        const next = nextAvailable();
        if (!next) return;
        waiters.delete(waiter);
        waiter.accept(hold(next, waiter.owner, waiter.untilMs()));
      }
    },
    hold,
    release(lock) {
      locks.delete(lock);
      if (lock.session.holder === lock) lock.session.holder = undefined;
    },
    held: () => locks,
    earliestMs() {
      let earliest = Infinity;
      for (const lock of locks) earliest = Math.min(earliest, lock.untilMs);
      return earliest;
    },
    wait(owner, untilMs, accept) {
      const waiter = { owner, untilMs, accept };
      waiters.add(waiter);
      return () => waiters.delete(waiter);
    },
    forgetIfEmpty(session) {
      if (session.messages > 0 || session.state !== null || session.holder) return;
      sessions.delete(session.id);
      available.delete(session);
    },
  };
}
