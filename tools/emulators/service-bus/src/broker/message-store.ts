import { createAlarm, type Alarm } from './alarm.ts';
import { BrokerError, entityDisabled, entityNotFound, messageLockLost } from './broker-error.ts';
import type { Clock } from './clock.ts';
import type { Consumer } from './consumer.ts';
import { createConsumerRing } from './consumer-ring.ts';
import { deadLetterReason } from './dead-letter-reason.ts';
import type { Journal } from './journal.ts';
import { createLockTable, type LockTable } from './lock-table.ts';
import { mergeChanges, type Entry, type Lock, type MessageChanges } from './message.ts';
import { createReadyQueue } from './ready-queue.ts';
import { createSequenceIndex } from './sequence-index.ts';
import type { Admission, StoreCounts, StoreOwner } from './store-owner.ts';
import { createTimedEntries } from './timed-entries.ts';
import { SessionLocks } from './session-locks.ts';
import { createSessionTable, type Session, type SessionLock } from './session-table.ts';

const MAX_DELIVERY_COUNT_EXCEEDED = 'MaxDeliveryCountExceeded';

/**
 * The messages of one queue, subscription or dead-letter queue (and the scheduled ones of a topic).
 *
 * Putting a message in takes two steps, `admit` and `offer`, so that its owner can write it down in
 * between. For the states of an entry, see `EntryState`. One timer serves all deadlines of a store: locks,
 * sessions, expiry and schedule.
 */
export class MessageStore {
  readonly path: string;
  readonly locks: LockTable = createLockTable();
  readonly sessions = createSessionTable();
  readonly sessionLocks: SessionLocks;
  readonly entries = createSequenceIndex<Entry>();
  readonly counts: StoreCounts = { active: 0, locked: 0, deferred: 0, scheduled: 0 };
  sizeBytes = 0;
  lastSequence = 0;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #owner: StoreOwner;
  readonly #alarm: Alarm;
  readonly #ready = createReadyQueue();
  readonly #timed = createTimedEntries();
  readonly #consumers = createConsumerRing();

  constructor(path: string, clock: Clock, journal: Journal, owner: StoreOwner) {
    this.path = path;
    this.#clock = clock;
    this.#journal = journal;
    this.#owner = owner;
    this.#alarm = createAlarm(clock, () => {
      this.#meetDeadlines();
    });
    this.sessionLocks = new SessionLocks(this.sessions, {
      untilMs: () => clock.now() + owner.policy().lockDurationMs,
      watch: ({ untilMs }) => {
        this.#alarm.setFor(untilMs);
      },
      giveBack: (lock, counted) => {
        if (this.locks.holds(lock)) this.#giveBack(lock, undefined, counted);
      },
    });
  }

  /** Gives a message its number and a place. Nobody receives it before it is offered. */
  admit(admission: Admission): Entry {
    const { requiresSession } = this.#owner.policy();
    const sequence = admission.sequence ?? this.lastSequence + 1;
    this.lastSequence = Math.max(this.lastSequence, sequence);
    const entry: Entry = {
      sequence,
      enqueuedSequence: admission.enqueuedSequence ?? sequence,
      content: admission.content,
      enqueuedAtMs: admission.enqueuedAtMs,
      expiresAtMs: admission.expiresAtMs,
      sessionId: requiresSession ? admission.content.sessionId : undefined,
      deadLetterSource: admission.deadLetterSource,
      state: admission.state,
      deliveryCount: admission.deliveryCount ?? 0,
      changes: admission.changes,
      deferred: admission.state === 'deferred',
      lock: undefined,
    };
    this.entries.add(sequence, entry);
    this.counts[admission.state] += 1;
    this.sizeBytes += entry.content.bytes.length;
    const session = this.#sessionOf(entry);
    if (session) {
      session.messages += 1;
      session.lastUpdatedMs = entry.enqueuedAtMs;
    }
    if (entry.expiresAtMs !== Infinity) {
      this.#timed.expires(entry);
      this.#alarm.setFor(entry.expiresAtMs);
    }
    if (entry.state === 'scheduled') {
      this.#timed.waits(entry);
      this.#alarm.setFor(entry.content.scheduledForMs ?? 0);
    }
    return entry;
  }

  /** Lets receivers have an admitted entry. */
  offer(entry: Entry): void {
    if (entry.state !== 'active') return;
    this.#queueUp(entry);
    this.dispatch();
  }

  /** Whether somebody receives from here, or holds a session. */
  get attended(): boolean {
    return this.#consumers.size > 0 || this.sessionLocks.all().size > 0;
  }

  addConsumer(consumer: Consumer): void {
    this.#consumers.add(consumer);
    this.dispatch();
  }

  removeConsumer(consumer: Consumer): void {
    this.#consumers.remove(consumer);
  }

  /** Hands out what is ready to whoever has room, in turn. */
  dispatch(): void {
    if (this.counts.active === 0 || this.#consumers.size === 0) return;
    if (!this.#owner.policy().receiving) return;
    for (;;) {
      const consumer = this.#consumers.next();
      const entry = consumer && this.#ready.shift();
      if (!entry) return;
      this.#handOut(entry, consumer);
    }
  }

  /** The same within one session. */
  dispatchSession(lock: SessionLock): void {
    const { consumer, session } = lock;
    if (!consumer || session.holder !== lock || !this.#owner.policy().receiving) return;
    while (consumer.capacity() > 0) {
      const entry = session.ready.shift();
      if (!entry) return;
      this.#handOut(entry, consumer);
    }
  }

  /** Throws `message-lock-lost` unless the lock still holds. */
  assertHeld(lock: Lock): void {
    if (!this.locks.holds(lock)) throw messageLockLost();
    if (lock.entry.sessionId === undefined && lock.untilMs <= this.#clock.now()) {
      this.#meetDeadlines();
      throw messageLockLost();
    }
  }

  /** Settles: the message is done with. Throws `message-lock-lost`. */
  complete(lock: Lock): void {
    this.assertHeld(lock);
    this.remove(lock.entry);
  }

  /**
   * Gives a message back. Throws `message-lock-lost`.
   *
   * @param counted - Whether this was a delivery in the sense of the maximum delivery count.
   */
  abandon(lock: Lock, changes: MessageChanges | undefined, counted = true): void {
    this.assertHeld(lock);
    this.#giveBack(lock, changes, counted);
    this.dispatch();
  }

  /** Puts a message aside, to be asked for by its number. Throws `message-lock-lost`. */
  defer(lock: Lock, changes: MessageChanges | undefined): void {
    this.assertHeld(lock);
    lock.entry.deferred = true;
    this.#giveBack(lock, changes, true);
  }

  /** Moves a message to the dead letters. Throws `message-lock-lost`, or `not-allowed` if it is one. */
  deadLetter(lock: Lock, changes: MessageChanges | undefined): void {
    this.assertHeld(lock);
    if (this.#owner.policy().holdsDeadLetters) throw alreadyDead(this.path);
    this.#bury(lock.entry, changes);
  }

  /** Prolongs a lock by the lock duration, from now on. Throws `message-lock-lost`. */
  renew(lock: Lock): number {
    this.assertHeld(lock);
    this.locks.prolong(lock, this.#clock.now() + this.#owner.policy().lockDurationMs);
    this.#alarm.setFor(lock.untilMs);
    return lock.untilMs;
  }

  /** Until when a lock holds, as receivers are told: that of a session's message is the session's. */
  lockedUntilMs(lock: Lock): number {
    return this.#sessionOf(lock.entry)?.holder?.untilMs ?? lock.untilMs;
  }

  /** Locks an active or deferred entry for a receiver that asked for it by number. */
  lockByRequest(entry: Entry): Lock {
    return this.#lock(entry);
  }

  /** Takes a message out for good. */
  remove(entry: Entry): void {
    this.#takeOut(entry);
    this.#journal.append({ type: 'remove', store: this.path, sequence: entry.sequence });
  }

  setSessionState(session: Session, state: Buffer | null): void {
    session.state = state;
    session.lastUpdatedMs = this.#clock.now();
    this.#journal.append({
      type: 'session-state',
      store: this.path,
      sessionId: session.id,
      state,
    });
  }

  /** Looks at the settings again: the status may have changed, and what receivers may do with it. */
  refresh(): void {
    if (!this.#owner.policy().receiving) this.#dismiss(entityDisabled(this.path));
    this.dispatch();
    for (const lock of this.sessionLocks.all()) this.dispatchSession(lock);
  }

  /** Ends everything, because the entity is removed or the broker stops. */
  close(): void {
    this.#alarm.cancel();
    this.#dismiss(entityNotFound(this.path));
  }

  #dismiss(reason: BrokerError): void {
    for (const consumer of this.#consumers.clear()) consumer.dismiss(reason);
    this.sessionLocks.dismiss(reason);
  }

  #sessionOf(entry: Entry): Session | undefined {
    return entry.sessionId === undefined ? undefined : this.sessions.obtain(entry.sessionId);
  }

  #handOut(entry: Entry, consumer: Consumer): void {
    if (entry.expiresAtMs <= this.#clock.now()) {
      this.#expire(entry);
    } else if (consumer.mode === 'receive-and-delete') {
      consumer.deliver(entry, undefined);
      this.remove(entry);
    } else {
      consumer.deliver(entry, this.#lock(entry));
    }
  }

  #queueUp(entry: Entry): void {
    const session = this.#sessionOf(entry);
    if (!session) {
      this.#ready.push(entry);
      return;
    }
    session.ready.push(entry);
    if (session.holder) this.dispatchSession(session.holder);
    else this.sessions.offer(session);
  }

  #lock(entry: Entry): Lock {
    const session = this.#sessionOf(entry);
    const lock = this.locks.grant(
      entry,
      session ? Infinity : this.#clock.now() + this.#owner.policy().lockDurationMs,
    );
    if (session) session.locks.add(lock);
    else this.#alarm.setFor(lock.untilMs);
    this.#enter(entry, 'locked');
    entry.lock = lock;
    return lock;
  }

  #unlock(entry: Entry): void {
    const { lock } = entry;
    if (!lock) return;
    entry.lock = undefined;
    this.locks.release(lock);
    if (entry.sessionId !== undefined) this.sessions.get(entry.sessionId)?.locks.delete(lock);
  }

  #giveBack(lock: Lock, changes: MessageChanges | undefined, counted: boolean): void {
    const { entry } = lock;
    this.#unlock(entry);
    entry.changes = mergeChanges(entry.changes, changes);
    const { maxDeliveryCount, holdsDeadLetters } = this.#owner.policy();
    if (counted && !holdsDeadLetters) entry.deliveryCount += 1;
    if (counted && !entry.deferred && entry.deliveryCount >= maxDeliveryCount) {
      this.#bury(entry, deliveriesUsedUp(maxDeliveryCount));
      return;
    }
    const state = entry.deferred ? 'deferred' : 'active';
    this.#enter(entry, state);
    if (counted || changes || entry.deferred) {
      this.#journal.append({
        type: 'change',
        store: this.path,
        sequence: entry.sequence,
        state,
        deliveryCount: entry.deliveryCount,
        changes: entry.changes,
      });
    }
    if (entry.expiresAtMs <= this.#clock.now()) this.#expire(entry);
    else if (state === 'active') this.#queueUp(entry);
  }

  #bury(entry: Entry, changes: MessageChanges | undefined): void {
    this.#takeOut(entry);
    this.#owner.deadLettered(entry, changes);
  }

  #expire(entry: Entry): void {
    this.#takeOut(entry);
    this.#owner.expired(entry);
  }

  #enter(entry: Entry, state: Entry['state']): void {
    if (entry.state !== 'gone') this.counts[entry.state] -= 1;
    entry.state = state;
    if (state !== 'gone') this.counts[state] += 1;
  }

  #takeOut(entry: Entry): void {
    const wasReady = entry.state === 'active';
    this.#unlock(entry);
    this.#enter(entry, 'gone');
    this.entries.remove(entry.sequence);
    this.#timed.left(this.entries.size);
    this.sizeBytes -= entry.content.bytes.length;
    const session = this.#sessionOf(entry);
    if (wasReady) (session?.ready ?? this.#ready).left();
    if (session) {
      session.messages -= 1;
      this.sessions.forgetIfEmpty(session);
    }
  }

  #meetDeadlines(): void {
    const nowMs = this.#clock.now();
    for (const lock of this.locks.expired(nowMs)) this.#giveBack(lock, undefined, true);
    this.sessionLocks.releaseExpired(nowMs);
    for (let due = this.#timed.nextDue(nowMs); due; due = this.#timed.nextDue(nowMs)) {
      this.#takeOut(due);
      this.#owner.due(due);
    }
    for (let old = this.#timed.nextExpired(nowMs); old; old = this.#timed.nextExpired(nowMs)) {
      this.#expire(old);
    }
    this.#alarm.setFor(
      Math.min(this.locks.earliestMs(), this.sessions.earliestMs(), this.#timed.earliestMs()),
    );
    this.dispatch();
  }
}

function alreadyDead(path: string): BrokerError {
  return new BrokerError('not-allowed', `The messages of '${path}' are dead letters already.`);
}

function deliveriesUsedUp(maxDeliveryCount: number): MessageChanges {
  return deadLetterReason(
    MAX_DELIVERY_COUNT_EXCEEDED,
    `Message could not be consumed after ${maxDeliveryCount} delivery attempts.`,
  );
}
