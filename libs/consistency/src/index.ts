export { withAuthCheck, type UserCheckReport } from './auth/auth-report.ts';
export { authCheckSettings, checkUsersOfProject } from './auth/auth-settings.ts';
export { DEFAULT_AUTH_THRESHOLDS, type AuthThresholds } from './auth/auth-thresholds.ts';
export {
  checkAuthUsers,
  type AuthCheckOptions,
  type AuthCheckProgress,
  type AuthCheckSummary,
} from './auth/check-auth-users.ts';
export type { MissingUser } from './auth/missing-in-auth.ts';
export { checkReport, type CheckReport } from './check-report.ts';
export { parseSample, parseSince, type CheckMode } from './check-mode.ts';
export {
  checkMirror,
  type CheckOptions,
  type CheckProgress,
  type CheckSummary,
} from './check-mirror.ts';
export type { Difference, Finding } from './difference.ts';
export type { MirrorKey } from './document-key.ts';
export { recordDrift } from './drift-metrics.ts';
export { DEFAULT_RECHECK, type RecheckPolicy } from './recheck.ts';
export { repairMirror, type RepairOptions, type RepairSummary } from './repair-mirror.ts';
export {
  checkModeOf,
  checkSettings,
  entitiesNamed,
  openMirrorEnds,
  thresholdsOf,
  type CheckScope,
  type MirrorEnds,
  type MirrorEndsConfig,
} from './settings.ts';
export type { Counts, EntityCheck } from './tally.ts';
export { beyondThresholds, DEFAULT_THRESHOLDS, type Thresholds } from './thresholds.ts';
export { differenceKinds, type DifferenceKind } from './verdict.ts';
export { writeReport } from './write-report.ts';
