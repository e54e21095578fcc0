export { parseSample, parseSince, type CheckMode } from './check-mode.ts';
export {
  checkMirror,
  type CheckOptions,
  type CheckProgress,
  type CheckSummary,
} from './check-mirror.ts';
export type { Difference, Finding } from './difference.ts';
export { DEFAULT_RECHECK, type RecheckPolicy } from './recheck.ts';
export { repairMirror, type RepairOptions, type RepairSummary } from './repair-mirror.ts';
export type { Counts, EntityCheck } from './tally.ts';
export { beyondThresholds, DEFAULT_THRESHOLDS, type Thresholds } from './thresholds.ts';
export { differenceKinds, type DifferenceKind } from './verdict.ts';
