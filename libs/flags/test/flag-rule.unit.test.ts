import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  evaluateFlag,
  flagDefinitions,
  parseFlagRule,
  sqlMirrorReadPhase,
  useSqlDmWriteMirror,
} from '../src/index.ts';

const phase = sqlMirrorReadPhase.dm;

describe('the rule of a flag', () => {
  test('may be a bare value, in a file or as the text of Remote Config', () => {
    expect(parseFlagRule(phase, 'B').value).toBe('B');
    expect(parseFlagRule(useSqlDmWriteMirror, false).value).toBe(false);
    expect(parseFlagRule(useSqlDmWriteMirror, 'false').value).toBe(false);
    expect(parseFlagRule(phase, '{"value":"A","users":{"u":"C"}}').users).toEqual({ u: 'C' });
  });

  test.for([
    ['a value the flag does not have', 'D', 'needs one of A, B, C'],
    ['a misspelt part', { value: 'A', rolout: [] }, 'knows no "rolout"'],
    ['a share beyond all', { rollout: [{ value: 'B', percentage: 101 }] }, 'from 0 to 100'],
    ['a share that is text', { rollout: [{ value: 'B', percentage: '10' }] }, 'from 0 to 100'],
    [
      'steps that are more than all together',
      {
        rollout: [
          { value: 'B', percentage: 60 },
          { value: 'C', percentage: 60 },
        ],
      },
      'more than 100 percent',
    ],
    ['a value of a user that the flag does not have', { users: { u: true } }, 'in "users"'],
    ['JSON that is broken', '{"value":', 'needs one of'],
  ] as const)('is refused with %s, and the message names the flag', ([, rule, words]) => {
    expect(() => parseFlagRule(phase, rule)).toThrow(phase.key);
    expect(() => parseFlagRule(phase, rule)).toThrow(words);
  });

  test('whatever is written gives a value that the flag has, and never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...flagDefinitions),
        fc.oneof(fc.jsonValue(), fc.json(), fc.constantFrom('true', 'B', '{}')),
        fc.option(fc.string(), { nil: undefined }),
        (flag, written, user) => {
          const { value, errorCode } = evaluateFlag(flag, { [flag.key]: written }, user);
          expect(flag.values).toContain(value);
          if (errorCode !== undefined) expect(value).toBe(flag.defaultValue);
        },
      ),
    );
  });

  test('of a single user goes before any cohort', () => {
    const rule = { value: 'A', rollout: [{ value: 'B', percentage: 100 }], users: { ada: 'C' } };
    expect(evaluateFlag(phase, { [phase.key]: rule }, 'ada').value).toBe('C');
    expect(evaluateFlag(phase, { [phase.key]: rule }, 'bob').value).toBe('B');
    expect(evaluateFlag(phase, { [phase.key]: rule }, undefined).value).toBe('A');
    // No name of Object's own prototype is a user.
    expect(evaluateFlag(phase, { [phase.key]: rule }, 'constructor').value).toBe('B');
  });

  test('keys are names that Remote Config takes', () => {
    for (const { key } of flagDefinitions) expect(key).toMatch(/^[A-Za-z_][A-Za-z0-9_]{0,255}$/);
  });
});
