import type {
  MessageChanges,
  MessageContent,
  PropertyValue,
  SystemProperty,
} from '../broker/message.ts';
import { parseExpression, parsePropertyName } from './sql-expression.ts';
import { createScope, type PropertyName, type SqlScope } from './sql-scope.ts';
import { mistake } from './sql-tokens.ts';
import { createTokenStream, type TokenStream } from './token-stream.ts';

interface ChangesInMaking extends MessageChanges {
  readonly application: Map<string, PropertyValue>;
  readonly system: Map<SystemProperty, PropertyValue>;
}

type Statement = (scope: SqlScope, changes: ChangesInMaking) => void;

/**
 * Compiles the action of a rule: `SET property = expression` and `REMOVE property`, separated by
 * semicolons ("Subscription rule SQL action syntax"). Throws `invalid-argument` on a mistake.
 */
export function compileSqlAction(
  expression: string,
): (
  message: MessageContent,
  parameters: Readonly<Record<string, PropertyValue>>,
) => MessageChanges {
  const stream = createTokenStream(expression);
  const statements = [parseStatement(stream)];
  while (stream.take(';')) {
    if (stream.peek().type !== 'end') statements.push(parseStatement(stream));
  }
  stream.expectEnd();
  return (message, parameters) => {
    const changes: ChangesInMaking = { application: new Map(), system: new Map() };
    const scope = createScope(message, parameters, changes);
    for (const statement of statements) statement(scope, changes);
    return changes;
  };
}

function parseStatement(stream: TokenStream): Statement {
  if (stream.take('SET')) {
    const property = parsePropertyName(stream);
    stream.expect('=');
    const value = parseExpression(stream);
    return (scope, changes) => {
      change(changes, property, value(scope) ?? null);
    };
  }
  if (stream.take('REMOVE')) {
    const property = parsePropertyName(stream);
    return (_scope, changes) => {
      change(changes, property, undefined);
    };
  }
  throw mistake("'SET' or 'REMOVE' is expected", stream.peek().at);
}

function change(changes: ChangesInMaking, property: PropertyName, value: PropertyValue): void {
  if (property.scope === 'sys') changes.system.set(property.name, value);
  else changes.application.set(property.name, value);
}
