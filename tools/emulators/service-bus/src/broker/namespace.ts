import { compileRule } from '../rules/compile-rule.ts';
import { Arrivals } from './arrivals.ts';
import { BrokerError, entityNotFound } from './broker-error.ts';
import type { Clock } from './clock.ts';
import {
  queueDefaults,
  subscriptionDefaults,
  topicDefaults,
  type EntityDates,
  type EntityRecord,
  type QueueDescription,
  type RuleRecord,
  type SubscriptionDescription,
  type TopicDescription,
} from './entity-description.ts';
import { splitPath, splitSubscriptionPath } from './entity-path.ts';
import { createIdleWatch, type IdleWatch } from './idle-watch.ts';
import type { Journal } from './journal.ts';
import type { Entry, MessageContent } from './message.ts';
import type { MessageStore } from './message-store.ts';
import {
  createReceivingEntity,
  type Queue,
  type Subscription,
  type Surroundings,
} from './receiving-entity.ts';
import { createTopic, defaultRule, type RuledSubscription, type Topic } from './topic.ts';

/** Where messages are received from: an entity's store, or one of its dead-letter stores. */
export interface ReceivingPlace {
  readonly store: MessageStore;
  readonly entity: Queue | Subscription;
  readonly deadLetters: boolean;
}

/** Everything of one namespace: its entities by path, compared without regard to case. */
export class Namespace {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly queues = new Map<string, Queue>();
  readonly topics = new Map<string, Topic>();
  readonly arrivals: Arrivals;
  readonly #around: Surroundings;
  readonly #idle: IdleWatch;

  constructor(clock: Clock, journal: Journal) {
    this.clock = clock;
    this.journal = journal;
    this.arrivals = new Arrivals(clock, journal, (path) => this.sendable(path));
    this.#idle = createIdleWatch(this);
    this.#around = {
      clock,
      journal,
      plan: (path, parcel, puts) => {
        this.arrivals.plan(path, parcel, puts);
      },
      carryOut: (puts) => this.arrivals.carryOut(puts),
    };
  }

  /** Sends messages to a queue or topic: all of them, or none. See `Arrivals`. */
  send(path: string, contents: readonly MessageContent[]): Entry[] {
    return this.arrivals.send(path, contents);
  }

  /** The queue, subscription or dead-letter queue at a path. Throws `not-found`. */
  receivingPlace(path: string): ReceivingPlace {
    const { entityPath, sub } = splitPath(path);
    const entity = this.findReceiving(entityPath);
    if (!entity) throw entityNotFound(path);
    if (sub === 'dead') return { store: entity.deadLetters, entity, deadLetters: true };
    if (sub === 'transfer') {
      return { store: entity.transferDeadLetters, entity, deadLetters: true };
    }
    return { store: entity.store, entity, deadLetters: false };
  }

  /** The store of scheduled messages of a queue or topic. Throws `not-found`. */
  sendingStore(path: string): MessageStore {
    return this.sendable(path).store;
  }

  /** The queue or topic at a path. Throws `not-found`. */
  sendable(path: string): Queue | Topic {
    const entity = this.findSendable(path);
    if (!entity) throw entityNotFound(path);
    return entity;
  }

  findSendable(path: string): Queue | Topic | undefined {
    const key = path.toLowerCase();
    return this.queues.get(key) ?? this.topics.get(key);
  }

  findReceiving(path: string): Queue | Subscription | undefined {
    const queue = this.queues.get(path.toLowerCase());
    if (queue) return queue;
    const names = splitSubscriptionPath(path);
    return names && this.findSubscription(names.topic, names.subscription)?.entity;
  }

  findSubscription(topic: string, name: string): RuledSubscription | undefined {
    return this.topics.get(topic.toLowerCase())?.subscriptions.get(name.toLowerCase());
  }

  /** Throws `already-exists`. */
  createQueue(path: string, settings: Partial<QueueDescription> = {}): Queue {
    this.#assertFree(path);
    return this.#addQueue(path, { ...queueDefaults, ...settings }, this.#newDates());
  }

  /** Throws `already-exists`. */
  createTopic(path: string, settings: Partial<TopicDescription> = {}): Topic {
    this.#assertFree(path);
    return this.#addTopic(path, { ...topicDefaults, ...settings }, this.#newDates());
  }

  /** Creates a subscription with the rule given, or one that selects everything. Throws `not-found`, `already-exists`. */
  createSubscription(
    topicPath: string,
    name: string,
    settings: Partial<SubscriptionDescription> = {},
    rule?: RuleRecord,
  ): Subscription {
    const topic = this.topics.get(topicPath.toLowerCase());
    if (!topic) throw entityNotFound(topicPath);
    if (topic.subscriptions.has(name.toLowerCase())) throw alreadyExists(name);
    const compiled = compileRule(rule ?? defaultRule(this.clock.now()));
    const description = { ...subscriptionDefaults, ...settings };
    const subscription = this.#addSubscription(topic, name, description, this.#newDates());
    subscription.rules.set(compiled.record.name.toLowerCase(), compiled);
    this.writeRules(subscription);
    return subscription.entity;
  }

  /** Throws `already-exists`, or `invalid-argument` for a mistake in an expression. */
  addRule(subscription: RuledSubscription, rule: RuleRecord): void {
    const key = rule.name.toLowerCase();
    if (subscription.rules.has(key)) throw alreadyExists(rule.name);
    subscription.rules.set(key, compileRule(rule));
    this.writeRules(subscription);
  }

  /** Throws `invalid-argument` for a mistake in an expression. */
  replaceRule(subscription: RuledSubscription, rule: RuleRecord): void {
    subscription.rules.set(rule.name.toLowerCase(), compileRule(rule));
    this.writeRules(subscription);
  }

  /** Throws `not-found`. */
  removeRule(subscription: RuledSubscription, name: string): void {
    if (!subscription.rules.delete(name.toLowerCase())) throw entityNotFound(name);
    this.writeRules(subscription);
  }

  writeRules({ entity, rules }: RuledSubscription): void {
    const records = [...rules.values()].map((rule) => rule.record);
    this.journal.append({ type: 'rules', path: entity.path, rules: records });
  }

  /** To be called after an entity's description was replaced. */
  updated(entity: Queue | Topic | Subscription): void {
    entity.dates.updatedAtMs = this.clock.now();
    this.#write(entity);
    if (entity.kind !== 'topic') entity.relay();
    entity.store.refresh();
  }

  /** Removes an entity with everything in it. Says whether there was one. */
  remove(path: string): boolean {
    const key = path.toLowerCase();
    const names = splitSubscriptionPath(path);
    const topic = names && this.topics.get(names.topic.toLowerCase());
    const subscription = topic?.subscriptions.get(names?.subscription.toLowerCase() ?? '');
    const entity = this.queues.get(key) ?? this.topics.get(key) ?? subscription?.entity;
    if (!entity) return false;
    this.queues.delete(key);
    this.topics.delete(key);
    this.arrivals.forget(key);
    if (names) topic?.subscriptions.delete(names.subscription.toLowerCase());
    entity.close();
    this.journal.append({ type: 'entity-removed', path: entity.path });
    return true;
  }

  /** Brings back an entity that was written down. A rule that no longer compiles throws. */
  restoreEntity(record: EntityRecord, rules: readonly RuleRecord[]): void {
    if (record.kind === 'queue') this.#addQueue(record.path, record.description, record.dates);
    if (record.kind === 'topic') this.#addTopic(record.path, record.description, record.dates);
    if (record.kind !== 'subscription') return;
    const names = splitSubscriptionPath(record.path);
    const topic = names && this.topics.get(names.topic.toLowerCase());
    if (!topic) return;
    const { description, dates } = record;
    const subscription = this.#addSubscription(topic, names.subscription, description, dates);
    for (const rule of rules) subscription.rules.set(rule.name.toLowerCase(), compileRule(rule));
  }

  /** Everything there is, subscriptions included. */
  *entities(): Generator<Queue | Topic | Subscription, void> {
    yield* this.queues.values();
    for (const topic of this.topics.values()) {
      yield topic;
      for (const { entity } of topic.subscriptions.values()) yield entity;
    }
  }

  /** Ends all timers and receivers. */
  close(): void {
    this.#idle.stop();
    for (const queue of this.queues.values()) queue.close();
    for (const topic of this.topics.values()) topic.close();
  }

  #assertFree(path: string): void {
    const key = path.toLowerCase();
    if (this.queues.has(key) || this.topics.has(key)) throw alreadyExists(path);
  }

  #newDates(): EntityDates {
    const nowMs = this.clock.now();
    return { createdAtMs: nowMs, updatedAtMs: nowMs, accessedAtMs: nowMs };
  }

  #addQueue(path: string, description: QueueDescription, dates: EntityDates): Queue {
    const queue: Queue = Object.assign(
      createReceivingEntity(path, description, dates, this.#around),
      { kind: 'queue' as const },
    );
    this.queues.set(path.toLowerCase(), queue);
    this.#write(queue);
    return queue;
  }

  #addTopic(path: string, description: TopicDescription, dates: EntityDates): Topic {
    const topic = createTopic(path, description, dates, this.#around);
    this.topics.set(path.toLowerCase(), topic);
    this.#write(topic);
    return topic;
  }

  #addSubscription(
    topic: Topic,
    name: string,
    description: SubscriptionDescription,
    dates: EntityDates,
  ): RuledSubscription {
    const entity: Subscription = Object.assign(
      createReceivingEntity(
        `${topic.path}/Subscriptions/${name}`,
        description,
        dates,
        this.#around,
      ),
      { kind: 'subscription' as const },
    );
    const subscription: RuledSubscription = { entity, rules: new Map() };
    topic.subscriptions.set(name.toLowerCase(), subscription);
    this.#write(entity);
    return subscription;
  }

  #write(entity: Queue | Topic | Subscription): void {
    this.journal.append({ type: 'entity', entity: recordOf(entity) });
    this.#idle.look();
  }
}

/** What is written down of an entity. */
export function recordOf(entity: Queue | Topic | Subscription): EntityRecord {
  const { path, dates } = entity;
  if (entity.kind === 'queue') {
    return { kind: 'queue', path, dates, description: entity.description };
  }
  if (entity.kind === 'topic') {
    return { kind: 'topic', path, dates, description: entity.description };
  }
  return { kind: 'subscription', path, dates, description: entity.description };
}

function alreadyExists(name: string): BrokerError {
  return new BrokerError(
    'already-exists',
    `The messaging entity '${name}' already exists. SubCode=40900. Conflict.`,
  );
}
