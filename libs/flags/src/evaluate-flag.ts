import { ErrorCode, StandardResolutionReasons, type ResolutionDetails } from '@openfeature/core';
import { cohortOf } from './cohort.ts';
import type { FlagDefinition } from './flag-definitions.ts';
import { parseFlagRule, type FlagRule } from './flag-rule.ts';

/** What a source says of all flags: their rules by key, each as it is written there. */
export type WrittenFlags = Readonly<Record<string, unknown>>;

/**
 * What a flag is for a user. Never throws: a flag that is missing, or whose rule cannot be read,
 * has its default, and the details say so.
 *
 * @param userId undefined for nobody in particular, who gets the flag's `value`
 */
export function evaluateFlag<Value extends boolean | string>(
  flag: FlagDefinition<Value>,
  written: WrittenFlags,
  userId: string | undefined,
): ResolutionDetails<Value> {
  const raw = Object.hasOwn(written, flag.key) ? written[flag.key] : undefined;
  if (raw === undefined || raw === null) {
    return { value: flag.defaultValue, reason: StandardResolutionReasons.DEFAULT };
  }
  try {
    return apply(flag, parseFlagRule(flag, raw), userId);
  } catch (error) {
    return {
      value: flag.defaultValue,
      reason: StandardResolutionReasons.ERROR,
      errorCode: ErrorCode.PARSE_ERROR,
      errorMessage: error instanceof Error ? error.message : String(error),
    };
  }
}

function apply<Value extends boolean | string>(
  flag: FlagDefinition<Value>,
  { value, rollout, users }: FlagRule<Value>,
  userId: string | undefined,
): ResolutionDetails<Value> {
  if (userId === undefined || userId === '') {
    return { value, variant: String(value), reason: StandardResolutionReasons.STATIC };
  }
  const own = Object.hasOwn(users, userId) ? users[userId] : undefined;
  if (own !== undefined) {
    return {
      value: own,
      variant: String(own),
      reason: StandardResolutionReasons.TARGETING_MATCH,
    };
  }
  if (rollout.length === 0) {
    return { value, variant: String(value), reason: StandardResolutionReasons.STATIC };
  }
  const cohort = cohortOf(flag.key, userId);
  let end = 0;
  for (const step of rollout) {
    end += step.percentage;
    if (cohort < end) {
      return {
        value: step.value,
        variant: String(step.value),
        reason: StandardResolutionReasons.SPLIT,
      };
    }
  }
  return { value, variant: String(value), reason: StandardResolutionReasons.SPLIT };
}
