import { parseExpression, parsePropertyName, type Expression } from './sql-expression.ts';
import type { SqlScope } from './sql-scope.ts';
import { mistake } from './sql-tokens.ts';
import { and, compare, not, or, type Truth } from './sql-values.ts';
import { isLike } from './like-pattern.ts';
import { createTokenStream, isWord, type TokenStream } from './token-stream.ts';

/**
 * The filter language of subscriptions ("Service Bus subscription rule SQL filter syntax" in Azure's
 * documentation). A filter selects a message when it is true, not when it is unknown.
 */
export type Predicate = (scope: SqlScope) => Truth;

/** Compiles a filter. Throws `invalid-argument` on a mistake. */
export function compileSqlFilter(expression: string): Predicate {
  const stream = createTokenStream(expression);
  const predicate = parseOr(stream);
  stream.expectEnd();
  return predicate;
}

function parseOr(stream: TokenStream): Predicate {
  let left = parseAnd(stream);
  while (stream.take('OR')) {
    const a = left;
    const b = parseAnd(stream);
    left = (scope) => or(a(scope), b(scope));
  }
  return left;
}

function parseAnd(stream: TokenStream): Predicate {
  let left = parseNot(stream);
  while (stream.take('AND')) {
    const a = left;
    const b = parseNot(stream);
    left = (scope) => and(a(scope), b(scope));
  }
  return left;
}

function parseNot(stream: TokenStream): Predicate {
  if (stream.take('NOT')) {
    const inner = parseNot(stream);
    return (scope) => not(inner(scope));
  }
  return parsePredicate(stream);
}

function parsePredicate(stream: TokenStream): Predicate {
  if (isWord(stream.peek(), 'EXISTS') && isWord(stream.peek(1), '(')) return parseExists(stream);
  if (isWord(stream.peek(), '(') && holdsPredicate(stream)) {
    stream.expect('(');
    const inner = parseOr(stream);
    stream.expect(')');
    return inner;
  }
  return parseComparison(stream, parseExpression(stream));
}

function parseExists(stream: TokenStream): Predicate {
  stream.expect('EXISTS');
  stream.expect('(');
  const property = parsePropertyName(stream);
  stream.expect(')');
  return (scope) => scope.get(property) !== undefined;
}

const MAKES_PREDICATE = [
  '=',
  '<>',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'AND',
  'OR',
  'NOT',
  'IN',
  'LIKE',
  'IS',
  'EXISTS',
];
const CALCULATES = [
  '=',
  '<>',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  'IN',
  'LIKE',
  'IS',
  'NOT',
];

/**
 * A parenthesis holds a predicate when a comparison or a connective is directly in it, or when nothing is
 * compared or calculated with behind it.
 */
function holdsPredicate(stream: TokenStream): boolean {
  let depth = 0;
  for (let ahead = 0; ; ahead += 1) {
    const token = stream.peek(ahead);
    if (token.type === 'end') return false;
    if (isWord(token, '(')) depth += 1;
    else if (isWord(token, ')')) {
      depth -= 1;
      if (depth === 0) {
        const after = stream.peek(ahead + 1);
        return !CALCULATES.some((word) => isWord(after, word));
      }
    } else if (MAKES_PREDICATE.some((word) => isWord(token, word))) return true;
  }
}

const ORDERINGS: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function parseComparison(stream: TokenStream, left: Expression): Predicate {
  for (const [operator, holds] of Object.entries(ORDERINGS)) {
    if (!stream.take(operator)) continue;
    const right = parseExpression(stream);
    return (scope) => {
      const order = compare(left(scope), right(scope));
      return order === undefined ? undefined : holds(order);
    };
  }
  if (stream.take('IS')) {
    const negated = stream.take('NOT');
    stream.expect('NULL');
    return (scope) => ((left(scope) ?? null) === null) !== negated;
  }
  const negated = stream.take('NOT');
  const predicate = parseInOrLike(stream, left);
  if (predicate) return negated ? (scope) => not(predicate(scope)) : predicate;
  if (negated) throw mistake("'IN' or 'LIKE' is expected", stream.peek().at);
  return (scope) => {
    const value = left(scope);
    return typeof value === 'boolean' ? value : undefined;
  };
}

function parseInOrLike(stream: TokenStream, left: Expression): Predicate | undefined {
  if (stream.take('IN')) return parseIn(stream, left);
  if (stream.take('LIKE')) return parseLike(stream, left);
  return undefined;
}

function parseIn(stream: TokenStream, left: Expression): Predicate {
  stream.expect('(');
  const items = [parseExpression(stream)];
  while (stream.take(',')) items.push(parseExpression(stream));
  stream.expect(')');
  return (scope) => {
    const value = left(scope);
    if (value === undefined || value === null) return undefined;
    let found: Truth = false;
    for (const item of items) {
      const other = item(scope);
      const unknown = other === undefined || other === null;
      found = or(found, unknown ? undefined : compare(value, other) === 0);
    }
    return found;
  };
}

function parseLike(stream: TokenStream, left: Expression): Predicate {
  const pattern = parseExpression(stream);
  const escape = stream.take('ESCAPE') ? parseExpression(stream) : undefined;
  return (scope) => {
    const text = left(scope);
    const like = pattern(scope);
    const by = escape?.(scope);
    if (typeof text !== 'string' || typeof like !== 'string') return undefined;
    return isLike(text, like, typeof by === 'string' ? by : undefined);
  };
}
