import { AynaError } from '@ayna/contract';
import type { FlagDefinition } from './flag-definitions.ts';

/** A share of the users that gets a value. */
export interface RolloutStep<Value> {
  readonly value: Value;
  /** Of all users, from 0 to 100, as fine as 0.01. */
  readonly percentage: number;
}

/**
 * What a provider says of a flag. The simple form of a file or of Remote Config, `true` or `"B"`, is
 * `value` alone.
 *
 * The steps of `rollout` take the users from the first cohort on, one behind the other; the rest
 * gets `value`. A step that grows keeps everybody it had, and takes them from the step behind it.
 *
 * @example
 * { "value": "A", "rollout": [{ "value": "B", "percentage": 10 }], "users": { "uid-7": "C" } }
 */
export interface FlagRule<Value extends boolean | string = boolean | string> {
  readonly value: Value;
  readonly rollout: readonly RolloutStep<Value>[];
  /** Values of single users, whatever their cohort. */
  readonly users: Readonly<Record<string, Value>>;
}

/**
 * Reads a rule as it stands in a file or, as text, in Remote Config.
 *
 * @throws AynaError `ConfigInvalid`, naming the flag and what is expected
 */
export function parseFlagRule<Value extends boolean | string>(
  flag: FlagDefinition<Value>,
  written: unknown,
): FlagRule<Value> {
  const raw = typeof written === 'string' ? fromText(written) : written;
  if (!isRecord(raw)) return { value: valueOf(flag, raw, 'its value'), rollout: [], users: {} };
  const unknown = Object.keys(raw).find((name) => !['value', 'rollout', 'users'].includes(name));
  if (unknown !== undefined) throw invalid(flag, `knows no "${unknown}"`);
  const { value = flag.defaultValue, rollout = [], users = {} } = raw;
  if (!Array.isArray(rollout)) throw invalid(flag, 'needs an array in "rollout"');
  if (!isRecord(users)) throw invalid(flag, 'needs an object in "users"');
  const steps = rollout.map((step: unknown) => {
    if (!isRecord(step)) throw invalid(flag, 'needs objects in "rollout"');
    return {
      value: valueOf(flag, step.value, 'a value in "rollout"'),
      percentage: percentageOf(flag, step.percentage),
    };
  });
  if (steps.reduce((sum, { percentage }) => sum + percentage, 0) > 100 + 1e-9) {
    throw invalid(flag, 'has more than 100 percent in "rollout"');
  }
  return {
    value: valueOf(flag, value, '"value"'),
    rollout: steps,
    users: Object.fromEntries(
      Object.entries(users).map(([user, own]) => [user, valueOf(flag, own, 'a value in "users"')]),
    ),
  };
}

/** Remote Config holds text: `true`, `B`, or a rule as JSON. */
function fromText(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === 'true') return true;
  if (trimmed === 'false') return false;
  if (!trimmed.startsWith('{')) return trimmed;
  try {
    return JSON.parse(trimmed) as unknown;
  } catch {
    return trimmed;
  }
}

function valueOf<Value extends boolean | string>(
  flag: FlagDefinition<Value>,
  written: unknown,
  where: string,
): Value {
  const value = flag.values.find((candidate) => candidate === written);
  if (value === undefined) {
    throw invalid(flag, `needs one of ${flag.values.map(String).join(', ')} as ${where}`);
  }
  return value;
}

function percentageOf(flag: FlagDefinition, written: unknown): number {
  if (typeof written !== 'number' || !(written >= 0 && written <= 100)) {
    throw invalid(flag, 'needs a number from 0 to 100 as "percentage"');
  }
  return written;
}

function invalid(flag: FlagDefinition, problem: string): AynaError {
  return new AynaError('ConfigInvalid', `the flag ${flag.key} ${problem}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
