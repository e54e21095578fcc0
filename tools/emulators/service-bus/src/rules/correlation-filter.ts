import type { RuleFilter } from '../broker/entity-description.ts';
import type { MessageContent, SystemProperty } from '../broker/message.ts';
import { createScope } from './sql-scope.ts';
import { compare } from './sql-values.ts';

type CorrelationFilter = Extract<RuleFilter, { type: 'correlation' }>;

const SYSTEM_FIELDS = [
  ['correlationId', 'correlationid'],
  ['messageId', 'messageid'],
  ['to', 'to'],
  ['replyTo', 'replyto'],
  ['label', 'label'],
  ['sessionId', 'sessionid'],
  ['replyToSessionId', 'replytosessionid'],
  ['contentType', 'contenttype'],
] as const satisfies readonly (readonly [keyof CorrelationFilter, SystemProperty])[];

/** A filter that selects when all that it names is equal; a property that is missing is not. */
export function compileCorrelationFilter(
  filter: CorrelationFilter,
): (message: MessageContent) => boolean {
  const system = SYSTEM_FIELDS.flatMap(([key, name]) => {
    const value = filter[key];
    return value === undefined ? [] : [[name, value] as const];
  });
  const user = Object.entries(filter.properties);
  return (message) => {
    for (const [name, wanted] of system) {
      const value = message.systemProperty(name);
      if (value === undefined || value === null || String(value) !== wanted) return false;
    }
    if (user.length === 0) return true;
    const scope = createScope(message, {});
    return user.every(
      ([name, wanted]) => compare(scope.get({ scope: 'user', name }), wanted) === 0,
    );
  };
}
