import {
  parseFlagRule,
  readPhases,
  type FlagDefinition,
  type FlagRule,
  type ReadPhase,
} from '@ayna/flags';

/** The rule of a phase as it was written; the flag's default where nothing, or nonsense, was. */
export function currentRule(
  flag: FlagDefinition<ReadPhase>,
  written: unknown,
): FlagRule<ReadPhase> {
  return parseFlagRule(flag, written ?? flag.defaultValue);
}

/** The highest phase that any user may be in. */
export function highestPhase({ value, rollout, users }: FlagRule<ReadPhase>): ReadPhase {
  const inUse: ReadonlySet<ReadPhase> = new Set([
    value,
    ...rollout.filter((step) => step.percentage > 0).map((step) => step.value),
    ...Object.values(users),
  ]);
  return readPhases.findLast((phase) => inUse.has(phase)) ?? 'A';
}

/**
 * The rule that takes users to a phase. Those who have a value of their own keep it, but for a
 * retreat of all, which is for everybody.
 *
 * @param percentage of all users; the others stay where `value` has them. Undefined: all
 */
export function cutoverRule(
  { value, users }: FlagRule<ReadPhase>,
  to: ReadPhase,
  percentage: number | undefined,
): unknown {
  const own = Object.keys(users).length > 0 ? { users } : {};
  if (percentage !== undefined) {
    return { value, rollout: [{ value: to, percentage }], ...own };
  }
  return to === 'A' || Object.keys(users).length === 0 ? to : { value: to, ...own };
}
