import { BrokerError, entityNotFound } from '../broker/broker-error.ts';
import type { RuleFilter, RuleRecord, RuleValue } from '../broker/entity-description.ts';
import { splitSubscriptionPath } from '../broker/entity-path.ts';
import type { RuledSubscription } from '../broker/topic.ts';
import { mapIn, numberIn, optionalTextIn, textIn } from './management-arguments.ts';
import type { ManagementOperation, Target } from './management-target.ts';
import { wrap } from './request-response.ts';

/** Descriptors of rules and their parts ("AMQP request/response operations: rule operations"). */
const DESCRIPTOR = {
  rule: 0x137_0000_0004,
  emptyAction: 0x13_7000_0005,
  sqlAction: 0x137_0000_0006,
  sqlFilter: 0x13_7000_0006,
  trueFilter: 0x13_7000_0007,
  falseFilter: 0x13_7000_0008,
  correlationFilter: 0x13_7000_0009,
} as const;

/** SQL as it has been since 2012. */
const COMPATIBILITY_LEVEL = 20;

function subscriptionOf({ namespace, path }: Target): RuledSubscription {
  const names = splitSubscriptionPath(path);
  const found = names && namespace.findSubscription(names.topic, names.subscription);
  if (!found) throw entityNotFound(path);
  return found;
}

export const addRule: ManagementOperation = (target, body) => {
  const description = mapIn(body, 'rule-description') ?? {};
  const action = mapIn(description, 'sql-rule-action');
  target.namespace.addRule(subscriptionOf(target), {
    name: textIn(body, 'rule-name'),
    filter: filterIn(description),
    action: action && { expression: textIn(action, 'expression'), parameters: {} },
    createdAtMs: target.namespace.clock.now(),
  });
  return {};
};

function filterIn(description: Readonly<Record<string, unknown>>): RuleFilter {
  const sql = mapIn(description, 'sql-filter');
  if (sql) return { type: 'sql', expression: textIn(sql, 'expression'), parameters: {} };
  if (description['false-filter'] !== undefined) return { type: 'false' };
  const correlation = mapIn(description, 'correlation-filter');
  if (!correlation) return { type: 'true' };
  return {
    type: 'correlation',
    correlationId: optionalTextIn(correlation, 'correlation-id'),
    messageId: optionalTextIn(correlation, 'message-id'),
    to: optionalTextIn(correlation, 'to'),
    replyTo: optionalTextIn(correlation, 'reply-to'),
    label: optionalTextIn(correlation, 'label'),
    sessionId: optionalTextIn(correlation, 'session-id'),
    replyToSessionId: optionalTextIn(correlation, 'reply-to-session-id'),
    contentType: optionalTextIn(correlation, 'content-type'),
    properties: valuesOf(mapIn(correlation, 'properties') ?? {}),
  };
}

function valuesOf(properties: Readonly<Record<string, unknown>>): Record<string, RuleValue> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]): [string, RuleValue] => {
      const known = typeof value;
      if (
        known === 'string' ||
        known === 'number' ||
        known === 'boolean' ||
        value instanceof Date
      ) {
        return [key, value as RuleValue];
      }
      throw new BrokerError('invalid-argument', `The property '${key}' cannot be compared with.`);
    }),
  );
}

export const removeRule: ManagementOperation = (target, body) => {
  target.namespace.removeRule(subscriptionOf(target), textIn(body, 'rule-name'));
  return {};
};

export const enumerateRules: ManagementOperation = (target, body) => {
  const skip = numberIn(body, 'skip');
  const rules = [...subscriptionOf(target).rules]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, rule]) => rule)
    .slice(skip, skip + numberIn(body, 'top'))
    .map(({ record }) => ({ 'rule-description': describeRule(record) }));
  return rules.length === 0 ? undefined : { rules };
};

function described(descriptor: number, items: readonly unknown[]): unknown {
  return wrap.described(wrap.wrap_ulong(descriptor), wrap.wrap_list(items));
}

function describeRule(rule: RuleRecord): unknown {
  const { action } = rule;
  return described(DESCRIPTOR.rule, [
    describeFilter(rule.filter),
    action
      ? described(DESCRIPTOR.sqlAction, [action.expression, COMPATIBILITY_LEVEL])
      : described(DESCRIPTOR.emptyAction, []),
    rule.name,
    new Date(rule.createdAtMs),
  ]);
}

function describeFilter(filter: RuleFilter): unknown {
  switch (filter.type) {
    case 'true':
      return described(DESCRIPTOR.trueFilter, []);
    case 'false':
      return described(DESCRIPTOR.falseFilter, []);
    case 'sql':
      return described(DESCRIPTOR.sqlFilter, [filter.expression, COMPATIBILITY_LEVEL]);
    case 'correlation':
      return described(DESCRIPTOR.correlationFilter, [
        filter.correlationId,
        filter.messageId,
        filter.to,
        filter.replyTo,
        filter.label,
        filter.sessionId,
        filter.replyToSessionId,
        filter.contentType,
        wrap.wrap_map(filter.properties),
      ]);
  }
}
