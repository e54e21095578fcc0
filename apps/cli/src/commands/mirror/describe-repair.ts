import type { CheckReport, RepairSummary } from '@ayna/consistency';
import { count } from './backfill-text.ts';
import { describeDifference, describeFindings } from './describe-check.ts';

/** What a repair found and did, for a person. */
export function describeRepair(report: CheckReport & Pick<RepairSummary, 'repair'>): string {
  const { published, repaired, failed, failures } = report.repair;
  return [
    ...describeFindings(report),
    '',
    `${count(published)} events were published; ${count(repaired)} keys are right now.`,
    ...(failed > 0
      ? [`${count(failed)} are not, in time:`, ...failures.map(describeDifference)]
      : []),
    ...unrepairable(report),
    ...(report.complete ? [] : ['Stopped early: run it again for the rest.']),
    '',
  ].join('\n');
}

/** What a repair would do, for a person. */
export function describeDryRun(report: CheckReport): string {
  const {
    missingInSql,
    missingInFirestore,
    stale,
    different,
    unrepairable: hopeless,
  } = report.total;
  const repairable = missingInSql + missingInFirestore + stale + different - hopeless;
  return [
    ...describeFindings(report),
    '',
    `${count(repairable)} events would be published. Nothing was.`,
    ...unrepairable(report),
    '',
  ].join('\n');
}

function unrepairable({ total }: CheckReport): string[] {
  return total.unrepairable > 0
    ? [`${count(total.unrepairable)} cannot be repaired by publishing; the lines above say why.`]
    : [];
}
