import type { CheckReport } from '../check-report.ts';
import { beyondAuthThresholds, type AuthThresholds } from './auth-thresholds.ts';
import type { AuthCheckSummary } from './check-auth-users.ts';

/** A report that also tells about users. */
export interface UserCheckReport extends CheckReport {
  readonly auth: AuthCheckSummary & { readonly thresholds: AuthThresholds };
}

/** Adds the check of the users to a report: it passes when both have passed. */
export function withAuthCheck<Report extends CheckReport>(
  report: Report,
  summary: AuthCheckSummary,
  thresholds: AuthThresholds,
): Report & UserCheckReport {
  const beyond = beyondAuthThresholds(summary, thresholds);
  return {
    ...report,
    auth: { ...summary, thresholds },
    beyond: [...report.beyond, ...beyond],
    passed: report.passed && summary.complete && beyond.length === 0,
  };
}
