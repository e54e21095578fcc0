import { randomUUID } from 'node:crypto';
import type { PropertyValue } from '../broker/message.ts';
import { propertyName, type PropertyName, type SqlScope } from './sql-scope.ts';
import { mistake } from './sql-tokens.ts';
import { calculate, type ArithmeticOperator } from './sql-values.ts';
import { isWord, type TokenStream } from './token-stream.ts';

/** A value, once there is a message. Throws `invalid-argument` when it cannot be calculated. */
export type Expression = (scope: SqlScope) => PropertyValue;

/** Reads sums and differences. */
export function parseExpression(stream: TokenStream): Expression {
  return parseLeftToRight(stream, ['+', '-'], parseProduct);
}

function parseProduct(stream: TokenStream): Expression {
  return parseLeftToRight(stream, ['*', '/', '%'], parseSigned);
}

function parseLeftToRight(
  stream: TokenStream,
  operators: readonly ArithmeticOperator[],
  parseOperand: (stream: TokenStream) => Expression,
): Expression {
  let left = parseOperand(stream);
  for (;;) {
    const operator = operators.find((candidate) => stream.take(candidate));
    if (!operator) return left;
    const a = left;
    const b = parseOperand(stream);
    left = (scope) => calculate(operator, a(scope), b(scope));
  }
}

function parseSigned(stream: TokenStream): Expression {
  if (stream.take('-')) {
    const operand = parseSigned(stream);
    return (scope) => calculate('-', 0, operand(scope));
  }
  if (stream.take('+')) return parseSigned(stream);
  return parseOperand(stream);
}

function parseOperand(stream: TokenStream): Expression {
  const token = stream.peek();
  switch (token.type) {
    case 'string': {
      stream.next();
      const { text } = token;
      return () => text;
    }
    case 'number': {
      stream.next();
      const { value } = token;
      return () => value;
    }
    case 'parameter': {
      stream.next();
      const { text } = token;
      return ({ parameters }) => parameters[text] ?? parameters[text.slice(1)];
    }
    case 'name':
      return parseNamed(stream);
    default:
      if (stream.take('(')) {
        const inner = parseExpression(stream);
        stream.expect(')');
        return inner;
      }
      throw mistake('a value is expected', token.at);
  }
}

const KEYWORDS = new Set([
  'AND',
  'OR',
  'NOT',
  'IN',
  'LIKE',
  'IS',
  'ESCAPE',
  'EXISTS',
  'SET',
  'REMOVE',
]);

/** A constant in letters, a function, or a property. */
function parseNamed(stream: TokenStream): Expression {
  const token = stream.peek();
  const called = isWord(stream.peek(1), '(');
  if (stream.take('TRUE')) return () => true;
  if (stream.take('FALSE')) return () => false;
  if (stream.take('NULL')) return () => null;
  if (called && stream.take('NEWID')) {
    stream.expect('(');
    stream.expect(')');
    return () => randomUUID();
  }
  if (called && (stream.take('PROPERTY') || stream.take('P'))) {
    stream.expect('(');
    const name = parseExpression(stream);
    stream.expect(')');
    return (scope) => scope.get({ scope: 'user', name: textOf(name(scope)) });
  }
  if (token.type === 'name' && !token.quoted && KEYWORDS.has(token.text.toUpperCase())) {
    throw mistake(`'${token.text}' is not expected`, token.at);
  }
  const property = parsePropertyName(stream);
  return (scope) => scope.get(property);
}

function textOf(value: PropertyValue): string {
  return typeof value === 'string' ? value : '';
}

/** Reads `name`, `user.name` or `sys.name`. */
export function parsePropertyName(stream: TokenStream): PropertyName {
  const first = stream.next();
  if (first.type !== 'name') throw mistake('a property is expected', first.at);
  if (!stream.take('.')) return propertyName(undefined, first.text, first.at);
  const second = stream.next();
  if (second.type !== 'name') throw mistake('the name of a property is expected', second.at);
  return propertyName(first.text, second.text, first.at);
}
