import { BrokerError, sessionLockLost } from './broker-error.ts';
import type { Lock } from './message.ts';
import type { SessionLock, SessionOwner, SessionTable } from './session-table.ts';

/** What holding sessions asks of the store whose sessions they are. */
export interface SessionStore {
  /** Until when a lock that is taken or renewed now holds. */
  untilMs(): number;
  /** To be called for every lock that was taken. */
  watch(lock: SessionLock): void;
  /** Gives back a message that was delivered in a session which ends. */
  giveBack(lock: Lock, counted: boolean): void;
}

/** The rights of receivers to the sessions of one queue. */
export class SessionLocks {
  readonly #sessions: SessionTable;
  readonly #store: SessionStore;

  constructor(sessions: SessionTable, store: SessionStore) {
    this.#sessions = sessions;
    this.#store = store;
  }

  /** Those that somebody has. */
  all(): ReadonlySet<SessionLock> {
    return this.#sessions.held();
  }

  /** Holds a session for `owner`. Throws `session-cannot-be-locked` when somebody else has it. */
  hold(sessionId: string, owner: SessionOwner): SessionLock {
    const session = this.#sessions.obtain(sessionId);
    if (session.holder) {
      throw new BrokerError(
        'session-cannot-be-locked',
        `The requested session '${sessionId}' cannot be accepted. It may be locked by another receiver.`,
      );
    }
    const lock = this.#sessions.hold(session, owner, this.#store.untilMs());
    this.#store.watch(lock);
    return lock;
  }

  /** Holds the next free session that has messages, now or when there is one. The returned function ends the waiting. */
  holdNext(owner: SessionOwner, accept: (lock: SessionLock) => void): () => void {
    const watched = (lock: SessionLock): void => {
      this.#store.watch(lock);
      accept(lock);
    };
    const session = this.#sessions.nextAvailable();
    if (session) {
      watched(this.#sessions.hold(session, owner, this.#store.untilMs()));
      return () => undefined;
    }
    return this.#sessions.wait(owner, () => this.#store.untilMs(), watched);
  }

  /** Throws `session-lock-lost` unless the session is held, and by that link if one is named. */
  heldBy(sessionId: string, linkName: string | undefined): SessionLock {
    const holder = this.#sessions.get(sessionId)?.holder;
    if (!holder || (linkName !== undefined && holder.owner.linkName !== linkName)) {
      throw sessionLockLost(sessionId);
    }
    return holder;
  }

  /** Prolongs a lock by the lock duration, from now on. Returns until when. */
  renew(lock: SessionLock): number {
    lock.untilMs = this.#store.untilMs();
    return lock.untilMs;
  }

  /**
   * Lets go of a session. Its delivered messages go back; that counts as a delivery only when the lock
   * ran out ("Message sessions" in Azure's documentation, on the delivery count).
   */
  release(lock: SessionLock, counted = false): void {
    const { session } = lock;
    if (session.holder !== lock) return;
    for (const held of [...session.locks]) this.#store.giveBack(held, counted);
    session.locks.clear();
    this.#sessions.release(lock);
    this.#sessions.offer(session);
    this.#sessions.forgetIfEmpty(session);
  }

  /** Lets go of the sessions whose time is over, and tells their owners. */
  releaseExpired(nowMs: number): void {
    for (const lock of [...this.all()]) {
      if (lock.untilMs > nowMs) continue;
      this.release(lock, true);
      lock.owner.onLost(sessionLockLost(lock.session.id));
    }
  }

  /** Lets go of all sessions, and tells their owners why. */
  dismiss(reason: BrokerError): void {
    for (const lock of [...this.all()]) {
      this.release(lock);
      lock.owner.onLost(reason);
    }
  }
}
