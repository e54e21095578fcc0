import type { RuleAction, RuleFilter, RuleRecord } from '../broker/entity-description.ts';
import type { MessageChanges, MessageContent } from '../broker/message.ts';
import { compileCorrelationFilter } from './correlation-filter.ts';
import { compileSqlAction } from './sql-action.ts';
import { compileSqlFilter } from './sql-filter.ts';
import { createScope } from './sql-scope.ts';

/** A rule, ready to be applied to messages. */
export interface CompiledRule {
  readonly record: RuleRecord;
  /** Throws an `invalid-argument` when the expression cannot be evaluated for this message. */
  matches(message: MessageContent): boolean;
  /** What the rule's action changes in its copy; absent when it has no action. */
  readonly act: ((message: MessageContent) => MessageChanges) | undefined;
}

/** Compiles a rule. Throws an `invalid-argument` when an expression has a mistake. */
export function compileRule(record: RuleRecord): CompiledRule {
  return {
    record,
    matches: compileFilter(record.filter),
    act: record.action && compileAction(record.action, record.name),
  };
}

function compileFilter(filter: RuleFilter): (message: MessageContent) => boolean {
  switch (filter.type) {
    case 'true':
      return () => true;
    case 'false':
      return () => false;
    case 'correlation':
      return compileCorrelationFilter(filter);
    case 'sql': {
      const predicate = compileSqlFilter(filter.expression);
      return (message) => predicate(createScope(message, filter.parameters)) === true;
    }
  }
}

/** The copy that an action makes names the rule, in the property `RuleName`. */
function compileAction(
  { expression, parameters }: RuleAction,
  ruleName: string,
): (message: MessageContent) => MessageChanges {
  const act = compileSqlAction(expression);
  return (message) => {
    const changes = act(message, parameters);
    return { ...changes, application: new Map([['RuleName', ruleName], ...changes.application]) };
  };
}
