import type { AuthCheckSummary } from './check-auth-users.ts';

/** How much disagreement about users is borne before the check fails. */
export interface AuthThresholds {
  /** Users seen in SQL that Firebase Auth has not. @defaultValue 0 */
  readonly maxMissingInAuth: number;
}

export const DEFAULT_AUTH_THRESHOLDS: AuthThresholds = { maxMissingInAuth: 0 };

/** Says which thresholds the counts are beyond; empty when they are within. */
export function beyondAuthThresholds(
  { missingInAuth }: Pick<AuthCheckSummary, 'missingInAuth'>,
  { maxMissingInAuth }: AuthThresholds,
): string[] {
  if (missingInAuth <= maxMissingInAuth) return [];
  return [`${missingInAuth} users in SQL are not in Firebase Auth, more than ${maxMissingInAuth}`];
}
