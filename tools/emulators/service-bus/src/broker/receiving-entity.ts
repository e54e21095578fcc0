import { BrokerError } from './broker-error.ts';
import { deadLetterReason } from './dead-letter-reason.ts';
import type {
  EntityDates,
  QueueDescription,
  ReceivingSettings,
  SubscriptionDescription,
} from './entity-description.ts';
import type { Clock } from './clock.ts';
import { placementOf, type Journal } from './journal.ts';
import { mergeChanges, type Entry, type MessageChanges } from './message.ts';
import { MessageStore } from './message-store.ts';
import type { StorePolicy } from './store-owner.ts';
import { expiryMs, MAX_FORWARDING_HOPS, type Parcel, type PlannedPut } from './parcel.ts';

/** The rest of the namespace, as seen by one entity. */
export interface Surroundings {
  readonly clock: Clock;
  readonly journal: Journal;
  /** Plans where a parcel lies that is sent to `path`. Throws when it cannot be sent there. */
  plan(path: string, parcel: Parcel, puts: PlannedPut[]): void;
  /** Puts what is planned, writes it down, and offers it. Returns the new entries. */
  carryOut(puts: readonly PlannedPut[]): Entry[];
}

/** What receivers can be attached to: a queue or a subscription, with its dead letters. */
export interface ReceivingEntity<D extends ReceivingSettings = ReceivingSettings> {
  readonly path: string;
  readonly dates: EntityDates;
  description: D;
  readonly store: MessageStore;
  readonly deadLetters: MessageStore;
  /** Messages that could not be forwarded. */
  readonly transferDeadLetters: MessageStore;
  /** Plans the arrival of a parcel; `topicTtlMs` is the default of the topic it came through. */
  plan(parcel: Parcel, puts: PlannedPut[], topicTtlMs?: number): void;
  /** Forwards what already waits here, if there is a place to forward it to. */
  relay(): void;
  close(): void;
}

export type Queue = ReceivingEntity<QueueDescription> & { readonly kind: 'queue' };
export type Subscription = ReceivingEntity<SubscriptionDescription> & {
  readonly kind: 'subscription';
};

const EXPIRED = deadLetterReason(
  'TTLExpiredException',
  'The message expired and was dead lettered.',
);

/** Nothing expires in a dead-letter queue, and nothing is dead-lettered out of it. */
const deadLetterPolicy = (settings: ReceivingSettings): StorePolicy => ({
  lockDurationMs: settings.lockDurationMs,
  maxDeliveryCount: Infinity,
  requiresSession: false,
  holdsDeadLetters: true,
  receiving: canReceive(settings),
});

/** Makes a queue or a subscription, empty. */
export function createReceivingEntity<D extends ReceivingSettings>(
  path: string,
  initial: D,
  dates: EntityDates,
  around: Surroundings,
): ReceivingEntity<D> {
  const { clock, journal } = around;

  const deadLettered = (entry: Entry, changes: MessageChanges | undefined): void => {
    const all = mergeChanges(entry.changes, changes);
    const target = entity.description.forwardDeadLetteredMessagesTo;
    if (target !== undefined && forward(entry, target, all, path)) return;
    const moved = entity.deadLetters.admit({
      content: entry.content,
      enqueuedAtMs: entry.enqueuedAtMs,
      expiresAtMs: Infinity,
      state: 'active',
      sequence: entry.sequence,
      enqueuedSequence: entry.enqueuedSequence,
      changes: all,
      deliveryCount: entry.deliveryCount,
    });
    journal.append({
      type: 'move',
      store: entity.store.path,
      sequence: entry.sequence,
      to: placementOf(entity.deadLetters.path, moved),
    });
    entity.deadLetters.offer(moved);
  };

  /** Sends an entry on, and writes down that it is gone. Says whether it could be sent. */
  const forward = (
    entry: Entry,
    target: string,
    changes: MessageChanges | undefined,
    deadLetterSource?: string,
  ): boolean => {
    const puts: PlannedPut[] = [];
    try {
      const { content, enqueuedSequence } = entry;
      around.plan(
        target,
        {
          content,
          changes,
          enqueuedSequence,
          hops: 1,
          due: true,
          ...(deadLetterSource === undefined ? {} : { deadLetterSource }),
        },
        puts,
      );
    } catch (error) {
      if (error instanceof BrokerError) return false;
      throw error;
    }
    around.carryOut(puts);
    journal.append({ type: 'remove', store: entity.store.path, sequence: entry.sequence });
    return true;
  };

  const owner = {
    policy: () => ({
      lockDurationMs: entity.description.lockDurationMs,
      maxDeliveryCount: entity.description.maxDeliveryCount,
      requiresSession: entity.description.requiresSession,
      holdsDeadLetters: false,
      receiving: canReceive(entity.description),
    }),
    deadLettered,
    expired(entry: Entry) {
      if (entity.description.deadLetteringOnMessageExpiration) deadLettered(entry, EXPIRED);
      else journal.append({ type: 'remove', store: entity.store.path, sequence: entry.sequence });
    },
    due(entry: Entry) {
      const puts: PlannedPut[] = [];
      const { content, changes } = entry;
      entity.plan({ content, changes, hops: 0, due: true }, puts);
      around.carryOut(puts);
      journal.append({ type: 'remove', store: entity.store.path, sequence: entry.sequence });
    },
  };
  const buried = (name: string) => ({
    policy: () => deadLetterPolicy(entity.description),
    deadLettered: () => undefined,
    due: () => undefined,
    expired(entry: Entry) {
      journal.append({ type: 'remove', store: `${path}/${name}`, sequence: entry.sequence });
    },
  });
  const buriedStore = (name: string) =>
    new MessageStore(`${path}/${name}`, clock, journal, buried(name));

  const entity: ReceivingEntity<D> = {
    path,
    dates,
    description: initial,
    store: new MessageStore(path, clock, journal, owner),
    deadLetters: buriedStore('$DeadLetterQueue'),
    transferDeadLetters: buriedStore('$Transfer/$DeadLetterQueue'),
    plan(parcel, puts, topicTtlMs = Infinity) {
      planArrival(entity, parcel, puts, topicTtlMs, around);
    },
    relay() {
      const target = entity.description.forwardTo;
      if (target === undefined) return;
      for (const entry of entity.store.entries.from(0)) {
        if (entry.state !== 'active') continue;
        if (!forward(entry, target, entry.changes)) return;
        entity.store.remove(entry);
      }
    },
    close() {
      entity.store.close();
      entity.deadLetters.close();
      entity.transferDeadLetters.close();
    },
  };
  return entity;
}

/** Whether receivers are served. */
export function canReceive(settings: ReceivingSettings): boolean {
  return settings.status !== 'Disabled' && settings.status !== 'ReceiveDisabled';
}

function planArrival(
  entity: ReceivingEntity,
  parcel: Parcel,
  puts: PlannedPut[],
  topicTtlMs: number,
  around: Surroundings,
): void {
  const { description } = entity;
  const { content } = parcel;
  const nowMs = around.clock.now();
  if (description.requiresSession && content.sessionId === undefined) {
    throw new BrokerError(
      'not-allowed',
      'The SessionId was not set on a message, and it cannot be sent to the entity. Entities that have session support enabled can only receive messages that have the SessionId set to a valid value.',
    );
  }
  const admission = {
    content,
    enqueuedAtMs: nowMs,
    expiresAtMs: expiryMs(content, nowMs, description.defaultMessageTimeToLiveMs, topicTtlMs),
    state: 'active' as const,
    changes: parcel.changes,
    deadLetterSource: parcel.deadLetterSource,
    ...(parcel.enqueuedSequence === undefined ? {} : { enqueuedSequence: parcel.enqueuedSequence }),
  };
  if (!parcel.due && content.scheduledForMs !== undefined && content.scheduledForMs > nowMs) {
    puts.push({
      store: entity.store,
      admission: { ...admission, state: 'scheduled', expiresAtMs: Infinity },
    });
    return;
  }
  if (description.forwardTo === undefined) {
    puts.push({ store: entity.store, admission });
    return;
  }
  const before = puts.length;
  try {
    if (parcel.hops >= MAX_FORWARDING_HOPS) {
      throw new BrokerError('not-allowed', 'The message was forwarded too often.');
    }
    around.plan(description.forwardTo, { ...parcel, hops: parcel.hops + 1 }, puts);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    puts.length = before;
    const reason = deadLetterReason(error.code, error.message);
    const store = entity.transferDeadLetters;
    puts.push({
      store,
      admission: {
        ...admission,
        expiresAtMs: Infinity,
        changes: mergeChanges(parcel.changes, reason),
      },
    });
  }
}
