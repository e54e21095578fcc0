import type { CompiledRule } from '../rules/compile-rule.ts';
import { BrokerError } from './broker-error.ts';
import type { EntityDates, RuleRecord, TopicDescription } from './entity-description.ts';
import { mergeChanges, type Entry, type MessageChanges } from './message.ts';
import { MessageStore } from './message-store.ts';
import type { Parcel, PlannedPut } from './parcel.ts';
import type { Subscription, Surroundings } from './receiving-entity.ts';

/** A subscription together with the rules that select for it. */
export interface RuledSubscription {
  readonly entity: Subscription;
  readonly rules: Map<string, CompiledRule>;
}

/** Copies each message to the subscriptions whose rules select it. */
export interface Topic {
  readonly kind: 'topic';
  readonly path: string;
  readonly dates: EntityDates;
  description: TopicDescription;
  readonly subscriptions: Map<string, RuledSubscription>;
  /** Messages that wait for their time; a topic holds no others. */
  readonly store: MessageStore;
  plan(parcel: Parcel, puts: PlannedPut[]): void;
  close(): void;
}

/** What the copies of one message have in common. */
interface FanOut {
  readonly nowMs: number;
  /** The topic's default time to live. */
  readonly ttlMs: number;
}

/** The rule that a subscription is created with. */
export function defaultRule(nowMs: number): RuleRecord {
  return { name: '$Default', filter: { type: 'true' }, action: undefined, createdAtMs: nowMs };
}

/** Makes a topic without subscriptions. */
export function createTopic(
  path: string,
  initial: TopicDescription,
  dates: EntityDates,
  around: Surroundings,
): Topic {
  const { clock, journal } = around;
  const store = new MessageStore(path, clock, journal, {
    policy: () => ({
      lockDurationMs: 0,
      maxDeliveryCount: Infinity,
      requiresSession: false,
      holdsDeadLetters: false,
      receiving: false,
    }),
    deadLettered: () => undefined,
    expired: () => undefined,
    due(entry: Entry) {
      const puts: PlannedPut[] = [];
      topic.plan({ content: entry.content, changes: entry.changes, hops: 0, due: true }, puts);
      around.carryOut(puts);
      journal.append({ type: 'remove', store: path, sequence: entry.sequence });
    },
  });
  const topic: Topic = {
    kind: 'topic',
    path,
    dates,
    description: initial,
    subscriptions: new Map(),
    store,
    plan(parcel, puts) {
      const { content } = parcel;
      const nowMs = clock.now();
      if (!parcel.due && content.scheduledForMs !== undefined && content.scheduledForMs > nowMs) {
        puts.push({
          store,
          admission: {
            content,
            enqueuedAtMs: nowMs,
            expiresAtMs: Infinity,
            state: 'scheduled',
            changes: parcel.changes,
          },
        });
        return;
      }
      store.lastSequence += 1;
      const sequenced = {
        ...parcel,
        enqueuedSequence: parcel.enqueuedSequence ?? store.lastSequence,
      };
      for (const subscription of topic.subscriptions.values()) {
        planCopies(subscription, sequenced, puts, {
          nowMs,
          ttlMs: topic.description.defaultMessageTimeToLiveMs,
        });
      }
    },
    close() {
      store.close();
      for (const { entity } of topic.subscriptions.values()) entity.close();
    },
  };
  return topic;
}

/**
 * One copy for all matching rules without an action, and one for each matching rule with one
 * ("Topic filters and actions" in Azure's documentation).
 */
function planCopies(
  { entity, rules }: RuledSubscription,
  parcel: Parcel,
  puts: PlannedPut[],
  context: FanOut,
): void {
  if (entity.description.status === 'Disabled' || entity.description.status === 'SendDisabled') {
    return;
  }
  let plain = false;
  try {
    for (const rule of rules.values()) {
      if (!rule.matches(parcel.content)) continue;
      if (!rule.act) {
        plain = true;
        continue;
      }
      const changes = mergeChanges(parcel.changes, rule.act(parcel.content));
      planCopy(entity, { ...parcel, changes }, puts, context);
    }
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    if (entity.description.deadLetteringOnFilterEvaluationExceptions) {
      planDeadLetter(entity, parcel, puts, context, 'FilterEvaluationException', error.message);
    }
    return;
  }
  if (plain) planCopy(entity, parcel, puts, context);
}

/** A message without a session, for a subscription that requires one, becomes a dead letter there. */
function planCopy(entity: Subscription, parcel: Parcel, puts: PlannedPut[], context: FanOut): void {
  if (entity.description.requiresSession && parcel.content.sessionId === undefined) {
    planDeadLetter(
      entity,
      parcel,
      puts,
      context,
      'Session id is null',
      'Session enabled entity doesn’t allow a message whose session identifier is null.',
    );
    return;
  }
  entity.plan(parcel, puts, context.ttlMs);
}

function planDeadLetter(
  entity: Subscription,
  parcel: Parcel,
  puts: PlannedPut[],
  context: FanOut,
  reason: string,
  description: string,
): void {
  const why: MessageChanges = {
    application: new Map([
      ['DeadLetterReason', reason],
      ['DeadLetterErrorDescription', description],
    ]),
    system: new Map(),
  };
  // The number comes from the subscription, so that its dead letters are numbered among its messages.
  entity.store.lastSequence += 1;
  puts.push({
    store: entity.deadLetters,
    admission: {
      content: parcel.content,
      enqueuedAtMs: context.nowMs,
      expiresAtMs: Infinity,
      state: 'active',
      sequence: entity.store.lastSequence,
      changes: mergeChanges(parcel.changes, why),
    },
  });
}
