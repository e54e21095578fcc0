import type { RuleRecord } from '../broker/entity-description.ts';
import type { MessageChanges, MessageContent } from '../broker/message.ts';

/** A rule, ready to be applied to messages. */
export interface CompiledRule {
  readonly record: RuleRecord;
  /** Throws an `invalid-argument` when the expression cannot be evaluated for this message. */
  matches(message: MessageContent): boolean;
  /** What the rule's action changes in its copy; absent when it has no action. */
  readonly act: ((message: MessageContent) => MessageChanges | undefined) | undefined;
}

/** Compiles a rule. Throws an `invalid-argument` when an expression has a mistake. */
export function compileRule(record: RuleRecord): CompiledRule {
  return { record, matches: () => record.filter.type !== 'false', act: undefined };
}
