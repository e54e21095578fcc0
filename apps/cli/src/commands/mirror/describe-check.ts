import {
  differenceKinds,
  type CheckReport,
  type Counts,
  type Difference,
  type UserCheckReport,
} from '@ayna/consistency';
import { plainLine } from '../../table.ts';
import { count } from './backfill-text.ts';
import { describeUsers } from './describe-users.ts';

const COLUMNS = ['checked', ...differenceKinds, 'inFlight', 'unrepairable'] as const;

/** What a check found, for a person. */
export function describeCheck(report: CheckReport | UserCheckReport): string {
  const users = 'auth' in report ? describeUsers(report) : [];
  return [...describeFindings(report), ...users, '', describeVerdict(report), ''].join('\n');
}

/** The table of what was found, and the first differences of each entity. */
export function describeFindings({ entities, total, mode }: CheckReport): string[] {
  const rows = [
    ['', ...COLUMNS, 'drift'],
    ...entities.map((each) => [each.entity, ...figures(each)]),
    ...(entities.length > 1 ? [['total', ...figures(total)]] : []),
  ];
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, at) =>
        at === 0 ? cell.padEnd(widths?.[at] ?? 0) : cell.padStart(widths?.[at] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const sample =
    mode.kind === 'sample'
      ? [`A sample of ${mode.fraction * 100} %; --seed ${mode.seed} chooses the same ranges again.`]
      : [];
  return [
    ...table,
    ...sample,
    ...entities.flatMap(({ examples }) => examples.map(describeDifference)),
  ];
}

/** One line on one difference. */
export function describeDifference({ kind, path, fields, unrepairable }: Difference): string {
  const named = fields.length > 0 ? ` (${fields.join(', ')})` : '';
  const reason = unrepairable === null ? '' : `: cannot be repaired: ${plainLine(unrepairable)}`;
  return `  ${kind}${named} ${plainLine(path)}${reason}`;
}

function describeVerdict({ complete, beyond, total }: CheckReport): string {
  if (!complete) return 'Stopped early: only a part was looked at.';
  if (beyond.length > 0) return `NOT within the thresholds: ${beyond.join('; ')}.`;
  return total.driftPercent === 0
    ? 'In step.'
    : 'Within the thresholds. To mend what differs: ayna mirror repair';
}

function figures(counts: Counts): string[] {
  return [...COLUMNS.map((name) => count(counts[name])), `${counts.driftPercent.toFixed(3)} %`];
}
