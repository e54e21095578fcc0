import { expect, test } from 'vitest';
import type { MessageContent, PropertyValue } from '../src/broker/message.ts';
import { compileRule } from '../src/rules/compile-rule.ts';
import { compileSqlFilter } from '../src/rules/sql-filter.ts';
import { compileSqlAction } from '../src/rules/sql-action.ts';
import { createScope } from '../src/rules/sql-scope.ts';

const message: MessageContent = {
  bytes: Buffer.alloc(0),
  messageId: 'id-1',
  sessionId: undefined,
  timeToLiveMs: undefined,
  scheduledForMs: undefined,
  systemProperty: (name) => ({ label: 'order', messageid: 'id-1' })[name as string],
  applicationProperties: () =>
    new Map<string, PropertyValue>([
      ['type', 'dm.message.create'],
      ['amount', 12],
      ['price', 2.5],
      ['urgent', true],
      ['nothing', null],
      ['with space', 'x'],
      ['percent', '100%'],
      ["quote'd", "it's"],
      ['huge', 9007199254740993n],
    ]),
};

function evaluate(expression: string, parameters: Record<string, PropertyValue> = {}) {
  return compileSqlFilter(expression)(createScope(message, parameters));
}

test.each([
  ['1=1', true],
  ['1=0', false],
  ["type = 'dm.message.create'", true],
  ["user.type <> 'x'", true],
  ["sys.Label = 'order' AND sys.MessageId = 'id-1'", true],
  ['amount > 10 AND amount <= 12', true],
  ['amount + 3 * 2 = 18', true],
  ['(amount + 3) * 2 = 30', true],
  ['-amount = -12', true],
  ['amount % 5 = 2', true],
  ['price * 2 = 5.0', true],
  ['amount / 5 = 2', true],
  ['1.2e1 = amount', true],
  ["type LIKE 'dm.%.create'", true],
  ["type NOT LIKE 'follow.%'", true],
  ["type LIKE 'dm_message_create'", true],
  ["percent LIKE '100!%' ESCAPE '!'", true],
  ['amount IN (1, 12, 3)', true],
  ["type NOT IN ('a', 'b')", true],
  ['amount IN (1, nothing)', undefined],
  ['missing IS NULL', true],
  ['nothing IS NULL', true],
  ['amount IS NOT NULL', true],
  ['EXISTS(amount)', true],
  ['EXISTS (missing)', false],
  ['NOT EXISTS(missing)', true],
  ['missing = 1', undefined],
  ['NOT missing = 1', undefined],
  ['missing = 1 OR amount = 12', true],
  ['missing = 1 AND amount = 12', undefined],
  ['missing = 1 AND amount = 1', false],
  ['urgent = TRUE', true],
  ['urgent', true],
  ['NOT urgent', false],
  ["[with space] = 'x'", true],
  ['"with space" = \'x\'', true],
  ["[quote'd] = 'it''s'", true],
  ["property('with space') = 'x'", true],
  ["p('amount') = 12", true],
  ['AMOUNT = 12', true],
  ["(type = 'a' OR type LIKE 'dm%') AND (amount) > 1", true],
  ['((amount > 1))', true],
  ['huge = 9007199254740993', true],
  ["amount = '12'", undefined],
  ["'a' + 'b' = 'ab'", true],
])('%s is %s', (expression, expected) => {
  expect(evaluate(expression)).toBe(expected);
});

test('parameters stand for values, with or without their sign', () => {
  expect(evaluate('amount = @a', { '@a': 12 })).toBe(true);
  expect(evaluate('amount = @a', { a: 12 })).toBe(true);
});

test.each([
  '',
  'a =',
  'a = 1 b',
  "a = 'x",
  'sys.nothing = 1',
  'other.x = 1',
  'a IN ()',
  'a NOT 1',
  '(a = 1',
])('the mistake in "%s" is refused when the rule is made', (expression) => {
  const filter = { type: 'sql', expression, parameters: {} } as const;
  expect(() => compileRule({ name: 'r', filter, action: undefined, createdAtMs: 0 })).toThrow(
    expect.objectContaining({ code: 'invalid-argument' }),
  );
});

test('an action sets and removes properties, and later statements see what earlier ones did', () => {
  const act = compileSqlAction(
    "SET a = amount + 1; SET b = a * 2; REMOVE urgent; SET sys.Label = 'x';",
  );
  const changes = act(message, {});
  expect(Object.fromEntries(changes.application)).toEqual({ a: 13, b: 26, urgent: undefined });
  expect(changes.system.get('label')).toBe('x');
});

test('a correlation filter wants everything it names to be equal', () => {
  const select = (properties: Record<string, string | number>, label?: string) =>
    compileRule({
      name: 'r',
      filter: { type: 'correlation', label, properties },
      action: undefined,
      createdAtMs: 0,
    }).matches(message);
  expect(select({ type: 'dm.message.create', amount: 12 }, 'order')).toBe(true);
  expect(select({ type: 'dm.message.create' }, 'invoice')).toBe(false);
  expect(select({ missing: 'x' })).toBe(false);
});
