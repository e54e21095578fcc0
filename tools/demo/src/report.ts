import type { LatencySummary } from '@ayna/platform';
import type { Drift } from './verify.ts';

/** What a run of the demo found; the one line of `--json`. */
export interface Report {
  /** Different documents that the load wrote or deleted. */
  readonly documents: number;
  /** Changes that Firestore committed; each is one event, however often it is delivered. */
  readonly events: number;
  readonly applied: number;
  readonly stale: number;
  readonly duplicate: number;
  readonly deadLettered: number;
  readonly eventsPerSecond: number;
  readonly latencyMs: { readonly queueToSql: Percentiles; readonly documentToSql: Percentiles };
  readonly drift: Omit<Drift, 'examples'>;
  readonly peakRssMb: number;
}

interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export function percentiles({ p50, p95, p99 }: LatencySummary): Percentiles {
  const round = (ms: number) => Math.round(ms * 10) / 10;
  return { p50: round(p50), p95: round(p95), p99: round(p99) };
}

/** The mirror holds when nothing differs and nothing valid was dead-lettered. */
export function isInStep({ drift, deadLettered }: Report): boolean {
  return drift.missing + drift.extra + drift.different + deadLettered === 0;
}

/** The table and the verdict that a person reads. */
export function describeReport(report: Report, examples: readonly string[]): string {
  const { latencyMs, drift } = report;
  const rows: [string, string][] = [
    ['documents', count(report.documents)],
    ['events', `${count(report.events)} (${count(report.eventsPerSecond)}/s)`],
    [
      'outcomes',
      `${count(report.applied)} applied, ${count(report.stale)} stale, ${count(report.duplicate)} duplicate, ${count(report.deadLettered)} dead-lettered`,
    ],
    ['queue -> SQL', latency(latencyMs.queueToSql)],
    ['document -> SQL', latency(latencyMs.documentToSql)],
    [
      'drift',
      `${count(drift.checked)} checked: ${count(drift.missing)} missing, ${count(drift.extra)} extra, ${count(drift.different)} different`,
    ],
    ['peak memory', `${count(report.peakRssMb)} MiB, all processes together`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n');
  const verdict = isInStep(report)
    ? 'In step: every live document has its row, every deleted one its tombstone, and nothing else is there.'
    : ['NOT in step.', ...examples.map((example) => `  ${example}`)].join('\n');
  return `\n${table}\n\n${verdict}\n`;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function latency({ p50, p95, p99 }: Percentiles): string {
  return `P50 ${p50} ms, P95 ${p95} ms, P99 ${p99} ms`;
}
