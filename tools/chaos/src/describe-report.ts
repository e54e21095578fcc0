import { hasPassed, type ChaosReport } from './report.ts';

const MAX_LOG_GROUPS = 15;

/** What a person reads at the end of a run. */
export function describeReport(report: ChaosReport): string {
  const { drift, outcomes, outageSeconds, writers, triggers } = report;
  const kinds = Object.entries(report.faultsByKind)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
  const rows: [string, string][] = [
    ['seed', `${report.seed}, ${report.minutes} minutes`],
    ['faults', kinds || 'none'],
    ['away', `SQL ${outageSeconds.sql} s (${report.sqlOutages}), broker ${outageSeconds.broker} s`],
    ['writes', `${report.writes} to ${report.documents} documents`],
    ['triggers', `${triggers.delivered} delivered, ${triggers.retried} repeated`],
    [
      'outcomes',
      `${outcomes.applied} applied, ${outcomes.stale} stale, ${outcomes.duplicate} duplicate, ${outcomes.deadLettered} dead-lettered (a killed writer counts with what it said last)`,
    ],
    [
      'writers',
      `${writers.lives} lives, ${writers.failedStarts} failed starts, ${writers.endedByThemselves.length} ended by themselves`,
    ],
    ['settled', `${report.settledSeconds} s after the last fault`],
    ['dead letters', String(report.deadLettered)],
    [
      'drift',
      `${drift.checked} checked: ${drift.missing} missing, ${drift.extra} extra, ${drift.different} different`,
    ],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    'What the writers warned of:',
    ...report.writerLog.slice(0, MAX_LOG_GROUPS).map(({ says, times }) => `  ${times} x ${says}`),
    '',
    ...verdict(report),
    '',
  ].join('\n');
}

function verdict(report: ChaosReport): string[] {
  if (hasPassed(report)) return ['In step: the mirror is what Firestore holds.'];
  return [
    'NOT in step.',
    ...report.drift.examples.map((example) => `  ${example}`),
    ...report.deadLetters.map(
      ({ subject, reason, description }) => `  dead letter: ${subject}: ${reason}: ${description}`,
    ),
    ...report.refusedWrites.map((refusal) => `  Firestore refused a write: ${refusal}`),
    ...(report.stuck ? [`  stuck: ${JSON.stringify(report.stuck)}`] : []),
    ...report.writers.endedByThemselves.map((ending) => `  ${ending}`),
    `  logs: ${report.logs ?? 'none'}`,
  ];
}
