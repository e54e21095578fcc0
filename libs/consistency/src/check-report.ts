import type { CheckSummary } from './check-mirror.ts';
import type { RepairSummary } from './repair-mirror.ts';
import { beyondThresholds, type Thresholds } from './thresholds.ts';

/** What `--json` prints and the report holds. `SourceVersion`s are decimal text in its JSON. */
export interface CheckReport extends CheckSummary {
  readonly repair?: RepairSummary['repair'];
  readonly thresholds: Thresholds;
  /** Which thresholds the check is beyond; empty when it passed. */
  readonly beyond: readonly string[];
  /** True when the check is complete and within the thresholds. */
  readonly passed: boolean;
}

/** Judges a summary by the thresholds. */
export function checkReport(
  summary: CheckSummary | RepairSummary,
  thresholds: Thresholds,
): CheckReport {
  const beyond = beyondThresholds(summary.total, thresholds);
  return { ...summary, thresholds, beyond, passed: summary.complete && beyond.length === 0 };
}
