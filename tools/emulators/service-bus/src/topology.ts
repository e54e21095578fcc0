import type {
  QueueDescription,
  RuleRecord,
  SubscriptionDescription,
  TopicDescription,
} from './broker/entity-description.ts';
import type { Namespace } from './broker/namespace.ts';

/** A rule as it is given: without the date of its creation. */
export type RuleSettings = Omit<RuleRecord, 'createdAtMs' | 'action'> &
  Partial<Pick<RuleRecord, 'action'>>;

/** A subscription with the rules that take the place of the one that selects everything. */
export interface SubscriptionSettings extends Partial<SubscriptionDescription> {
  readonly rules?: readonly RuleSettings[];
}

/** Entities to create, by name. Durations are in milliseconds. */
export interface Topology {
  readonly queues?: Readonly<Record<string, Partial<QueueDescription>>>;
  readonly topics?: Readonly<
    Record<
      string,
      Partial<TopicDescription> & {
        readonly subscriptions?: Readonly<Record<string, SubscriptionSettings>>;
      }
    >
  >;
}

/** Creates what is missing; what exists is left as it is. Throws on a rule with a mistake. */
export function createTopology(namespace: Namespace, topology: Topology): void {
  for (const [path, settings] of Object.entries(topology.queues ?? {})) {
    if (!namespace.queues.has(path.toLowerCase())) namespace.createQueue(path, settings);
  }
  for (const [path, { subscriptions, ...settings }] of Object.entries(topology.topics ?? {})) {
    if (!namespace.topics.has(path.toLowerCase())) namespace.createTopic(path, settings);
    for (const [name, given] of Object.entries(subscriptions ?? {})) {
      if (!namespace.findSubscription(path, name)) addSubscription(namespace, path, name, given);
    }
  }
}

function addSubscription(
  namespace: Namespace,
  topic: string,
  name: string,
  { rules = [], ...settings }: SubscriptionSettings,
): void {
  const nowMs = namespace.clock.now();
  const records = rules.map((rule) => ({ action: undefined, ...rule, createdAtMs: nowMs }));
  namespace.createSubscription(topic, name, settings, records[0]);
  const subscription = namespace.findSubscription(topic, name);
  for (const record of records.slice(1)) {
    if (subscription) namespace.addRule(subscription, record);
  }
}
