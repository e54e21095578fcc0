import { BrokerError } from '../broker/broker-error.ts';
import type { PropertyValue } from '../broker/message.ts';

/** Three-valued logic: `undefined` is "unknown", as a comparison with nothing is. */
export type Truth = boolean | undefined;

export const not = (a: Truth): Truth => (a === undefined ? undefined : !a);

export function and(a: Truth, b: Truth): Truth {
  if (a === false || b === false) return false;
  return a === undefined || b === undefined ? undefined : true;
}

export function or(a: Truth, b: Truth): Truth {
  if (a === true || b === true) return true;
  return a === undefined || b === undefined ? undefined : false;
}

/**
 * Negative, zero or positive, as `a` sorts before, with or behind `b`; `undefined` when either is nothing,
 * or when they are of kinds that cannot be compared.
 */
export function compare(a: PropertyValue, b: PropertyValue): number | undefined {
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : a == b ? 0 : undefined;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  const aMs = instantOf(a);
  const bMs = instantOf(b);
  if ((a instanceof Date || b instanceof Date) && aMs !== undefined && bMs !== undefined) {
    return aMs - bMs;
  }
  if (Buffer.isBuffer(a) && Buffer.isBuffer(b)) return a.compare(b);
  return undefined;
}

function isNumber(value: PropertyValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** A date may be compared with the text of one. */
function instantOf(value: PropertyValue): number | undefined {
  if (value instanceof Date) return value.getTime();
  const parsed = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

/**
 * Calculates; `+` also joins texts. Nothing in, nothing out. Throws `invalid-argument` for operands that
 * cannot be calculated with, and for a division by zero.
 */
export function calculate(
  operator: ArithmeticOperator,
  a: PropertyValue,
  b: PropertyValue,
): PropertyValue {
  if (a === undefined || a === null || b === undefined || b === null) return undefined;
  if (operator === '+' && typeof a === 'string' && typeof b === 'string') return a + b;
  if (!isNumber(a) || !isNumber(b)) {
    throw new BrokerError(
      'invalid-argument',
      `The operator '${operator}' does not fit its operands.`,
    );
  }
  if (typeof a === 'bigint' && typeof b === 'bigint') return calculateExactly(operator, a, b);
  return calculateNumbers(operator, Number(a), Number(b));
}

function calculateNumbers(operator: ArithmeticOperator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      if (!Number.isInteger(a) || !Number.isInteger(b)) return a / b;
      if (b === 0) throw divisionByZero();
      return Math.trunc(a / b);
    case '%':
      if (b === 0) throw divisionByZero();
      return a % b;
  }
}

function calculateExactly(operator: ArithmeticOperator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
    case '%':
      if (b === 0n) throw divisionByZero();
      return operator === '/' ? a / b : a % b;
  }
}

function divisionByZero(): BrokerError {
  return new BrokerError('invalid-argument', 'Division by zero.');
}
