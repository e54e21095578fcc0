import { BrokerError, entityNotFound } from '../broker/broker-error.ts';
import {
  queueDefaults,
  type QueueDescription,
  type RuleRecord,
  type SendingSettings,
  type TopicDescription,
} from '../broker/entity-description.ts';
import type { Namespace } from '../broker/namespace.ts';
import { splitSubscriptionPath } from '../broker/entity-path.ts';
import type { AtomEntry } from './atom.ts';
import {
  queueFields,
  readFields,
  subscriptionFields,
  topicFields,
  type DescriptionField,
} from './description-fields.ts';
import {
  assertName,
  assertWithinLimits,
  MAX_NAME_LENGTH,
  MAX_PATH_LENGTH,
} from './description-limits.ts';
import { queueEntry, subscriptionEntry, topicEntry } from './entity-entries.ts';
import { readRule, writeRule } from './rule-xml.ts';
import { childOf, findElement, parseXml, type XmlElement } from './xml.ts';

/**
 * What the administration API does at one path. `list` is there for collections only; every operation
 * throws a `BrokerError` to refuse.
 */
export interface Resource {
  readonly list?: () => AtomEntry[];
  /** How a GET is answered when there is nothing. */
  readonly missing: 'not-found' | 'empty-feed';
  read(): AtomEntry | undefined;
  create(body: string): AtomEntry;
  update(body: string): AtomEntry;
  remove(): void;
}

function refused(): never {
  throw new BrokerError('invalid-argument', 'The operation is not possible here.');
}

const collection = (list: () => AtomEntry[]): Resource => ({
  list,
  missing: 'not-found',
  read: () => undefined,
  create: refused,
  update: refused,
  remove: refused,
});

/** Finds what a path stands for. Throws `not-found` when what contains it does not exist. */
export function resourceAt(namespace: Namespace, path: string, host: string): Resource {
  const known = path.toLowerCase();
  if (known === '$resources/queues') {
    return collection(() => byName(namespace.queues).map((queue) => queueEntry(queue, host)));
  }
  if (known === '$resources/topics') {
    return collection(() => byName(namespace.topics).map((topic) => topicEntry(topic, host)));
  }
  const rules = /^(.+)\/subscriptions\/([^/]+)\/rules(?:\/([^/]+))?$/i.exec(path);
  if (rules?.[1] && rules[2]) return rulesAt(namespace, rules[1], rules[2], rules[3]);
  const subscriptions = /^(.+)\/subscriptions$/i.exec(path);
  if (subscriptions?.[1]) {
    const topic = namespace.topics.get(subscriptions[1].toLowerCase());
    if (!topic) throw entityNotFound(subscriptions[1]);
    return collection(() =>
      byName(topic.subscriptions).map(({ entity }) => subscriptionEntry(entity, host)),
    );
  }
  const names = splitSubscriptionPath(path);
  if (names) return subscriptionAt(namespace, names.topic, names.subscription, host);
  return entityAt(namespace, path, host);
}

function byName<T>(entities: ReadonlyMap<string, T>): T[] {
  return [...entities].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entity]) => entity);
}

function settingsIn<T>(
  path: string,
  body: string,
  element: string,
  fields: readonly DescriptionField[],
): Partial<T> {
  const description = findElement(parseXml(body), element);
  if (!description) throw new BrokerError('invalid-argument', `The body has no ${element}.`);
  const settings = readFields(description, fields);
  assertWithinLimits(path, settings);
  return settings as Partial<T>;
}

/** A queue or a topic: which one, the body of the first PUT decides. */
function entityAt(namespace: Namespace, path: string, host: string): Resource {
  const find = () => {
    const key = path.toLowerCase();
    return namespace.queues.get(key) ?? namespace.topics.get(key);
  };
  return {
    missing: 'empty-feed',
    read() {
      const entity = find();
      return (
        entity && (entity.kind === 'queue' ? queueEntry(entity, host) : topicEntry(entity, host))
      );
    },
    create(body) {
      assertName(path, MAX_PATH_LENGTH);
      if (findElement(parseXml(body), 'QueueDescription')) {
        const settings = settingsIn<QueueDescription>(path, body, 'QueueDescription', queueFields);
        return queueEntry(namespace.createQueue(path, partitioned(settings)), host);
      }
      const settings = settingsIn<TopicDescription>(path, body, 'TopicDescription', topicFields);
      return topicEntry(namespace.createTopic(path, partitioned(settings)), host);
    },
    update(body) {
      const entity = find();
      if (!entity) throw entityNotFound(path);
      if (entity.kind === 'queue') {
        const settings = settingsIn(path, body, 'QueueDescription', queueFields);
        assertFixed(entity.description, settings);
        entity.description = { ...entity.description, ...CLEARED, ...settings };
      } else {
        const settings = settingsIn(path, body, 'TopicDescription', topicFields);
        assertFixed(entity.description, settings);
        entity.description = { ...entity.description, ...settings };
      }
      namespace.updated(entity);
      return entity.kind === 'queue' ? queueEntry(entity, host) : topicEntry(entity, host);
    },
    remove() {
      if (!namespace.remove(path)) throw entityNotFound(path);
    },
  };
}

/** Settings that an update takes away by leaving them out. */
const CLEARED = {
  forwardTo: undefined,
  forwardDeadLetteredMessagesTo: undefined,
  userMetadata: undefined,
} as const;

/** What Azure does not let anybody change. */
const FIXED = ['requiresSession', 'requiresDuplicateDetection', 'enablePartitioning'] as const;

function assertFixed(before: object, after: object): void {
  const old = before as Readonly<Record<string, unknown>>;
  const given = after as Readonly<Record<string, unknown>>;
  for (const name of FIXED) {
    if (given[name] !== undefined && given[name] !== old[name]) {
      throw new BrokerError('invalid-argument', `The value of '${name}' cannot be changed.`);
    }
  }
}

/** Azure spreads a partitioned entity over sixteen stores of the size that was asked for. */
function partitioned<T extends Partial<SendingSettings>>(settings: T): T {
  if (!settings.enablePartitioning) return settings;
  const maxSizeInMegabytes = 16 * (settings.maxSizeInMegabytes ?? queueDefaults.maxSizeInMegabytes);
  return { ...settings, maxSizeInMegabytes };
}

function subscriptionAt(
  namespace: Namespace,
  topicPath: string,
  name: string,
  host: string,
): Resource {
  const path = `${topicPath}/Subscriptions/${name}`;
  const find = () => {
    if (!namespace.topics.has(topicPath.toLowerCase())) throw entityNotFound(topicPath);
    return namespace.findSubscription(topicPath, name);
  };
  return {
    missing: 'not-found',
    read() {
      const found = find();
      return found && subscriptionEntry(found.entity, host);
    },
    create(body) {
      assertName(name, MAX_NAME_LENGTH);
      const settings = settingsIn(path, body, 'SubscriptionDescription', subscriptionFields);
      const rule = defaultRuleIn(parseXml(body), namespace.clock.now());
      return subscriptionEntry(namespace.createSubscription(topicPath, name, settings, rule), host);
    },
    update(body) {
      const found = find();
      if (!found) throw entityNotFound(name);
      const settings = settingsIn(path, body, 'SubscriptionDescription', subscriptionFields);
      const { entity } = found;
      assertFixed(entity.description, settings);
      entity.description = { ...entity.description, ...CLEARED, ...settings };
      namespace.updated(entity);
      return subscriptionEntry(entity, host);
    },
    remove() {
      if (!namespace.remove(path)) throw entityNotFound(name);
    },
  };
}

function defaultRuleIn(body: XmlElement, nowMs: number): RuleRecord | undefined {
  const rule = findElement(body, 'DefaultRuleDescription');
  return rule && readRule(rule, childOf(rule, 'Name')?.text ?? '$Default', nowMs);
}

function rulesAt(
  namespace: Namespace,
  topicPath: string,
  subscriptionName: string,
  name: string | undefined,
): Resource {
  const subscription = namespace.findSubscription(topicPath, subscriptionName);
  if (!subscription) throw entityNotFound(`${topicPath}/Subscriptions/${subscriptionName}`);
  const { entity, rules } = subscription;
  const entryOf = (rule: RuleRecord): AtomEntry => ({
    path: `${entity.path}/Rules/${rule.name}`,
    title: rule.name,
    createdAtMs: rule.createdAtMs,
    updatedAtMs: rule.createdAtMs,
    element: 'RuleDescription',
    content: writeRule(rule),
  });
  if (name === undefined) {
    return collection(() => byName(rules).map(({ record }) => entryOf(record)));
  }
  const ruleIn = (body: string) => {
    const description = findElement(parseXml(body), 'RuleDescription');
    if (!description) throw new BrokerError('invalid-argument', 'The body has no RuleDescription.');
    return readRule(description, name, namespace.clock.now());
  };
  return {
    missing: 'not-found',
    read() {
      const rule = rules.get(name.toLowerCase());
      return rule && entryOf(rule.record);
    },
    create(body) {
      assertName(name, MAX_NAME_LENGTH);
      const rule = ruleIn(body);
      namespace.addRule(subscription, rule);
      return entryOf(rule);
    },
    update(body) {
      const rule = ruleIn(body);
      namespace.replaceRule(subscription, rule);
      return entryOf(rule);
    },
    remove() {
      namespace.removeRule(subscription, name);
    },
  };
}
