import type { Counts } from './tally.ts';

/** How much drift is borne before the check fails. */
export interface Thresholds {
  /** Differences in percent of the records checked. @defaultValue 0.5 */
  readonly maxDriftPercent: number;
  /** Live rows without a document. @defaultValue 100 */
  readonly maxMissingInFirestore: number;
}

export const DEFAULT_THRESHOLDS: Thresholds = { maxDriftPercent: 0.5, maxMissingInFirestore: 100 };

/** Says which thresholds the counts are beyond; empty when they are within. */
export function beyondThresholds(total: Counts, thresholds: Thresholds): string[] {
  const { maxDriftPercent, maxMissingInFirestore } = thresholds;
  const beyond: string[] = [];
  if (total.driftPercent > maxDriftPercent) {
    beyond.push(
      `drift is ${total.driftPercent.toFixed(3)} % of the checked records, more than ${maxDriftPercent} %`,
    );
  }
  if (total.missingInFirestore > maxMissingInFirestore) {
    beyond.push(
      `${total.missingInFirestore} rows have no document in Firestore, more than ${maxMissingInFirestore}`,
    );
  }
  return beyond;
}
