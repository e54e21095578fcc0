import { availableParallelism } from 'node:os';
import type { LatencySummary } from '@ayna/platform';
import type { BenchReport } from '../bench.ts';
import { median } from '../median.ts';

/** What a round measures. */
export const runNames = [
  'drained',
  'drainedPglite',
  'receiveOnly',
  'applyOnly',
  'applyOnlyPglite',
] as const;
export type RunName = (typeof runNames)[number];

/** What one round found, in events a second. */
export type Round = ReadonlyMap<RunName, number>;

/** What was measured of the whole path, beside its bare hops. */
export interface PathFigures {
  readonly perSecond: number;
  /** The pace at which the latencies were taken. */
  readonly steadyPerSecond: number;
  readonly documentToSql: LatencySummary;
  readonly queueToSql: LatencySummary;
  readonly brokerHop: LatencySummary;
  readonly upsertHop: LatencySummary;
}

/**
 * Puts the rounds together. Rates are medians. A ratio is the median of the ratios of the rounds: a
 * machine that was busy for a while slowed both sides of a ratio.
 */
export function mirrorReport(
  events: number,
  rounds: readonly Round[],
  { perSecond, steadyPerSecond, ...latencies }: PathFigures,
): BenchReport {
  const rate = (name: RunName) => median(rounds.map((round) => rateOf(round, name)));
  const ratio = median(rounds.map((round) => share(round, 'drained', 'applyOnly')));
  const ratioPglite = median(
    rounds.map((round) => share(round, 'drainedPglite', 'applyOnlyPglite')),
  );
  const percentiles = Object.entries(latencies);
  const cores = availableParallelism();
  return {
    figures: {
      bench: 'mirror',
      events,
      rounds: rounds.length,
      cores,
      eventsPerSecond: {
        ...Object.fromEntries(runNames.map((name) => [name, Math.round(rate(name))])),
        wholePath: Math.round(perSecond),
      },
      ratio: rounded(ratio),
      ratioPglite: rounded(ratioPglite),
      latencyMsAtEventsPerSecond: Math.round(steadyPerSecond),
      ...Object.fromEntries(
        percentiles.map(([name, { p50, p95, p99 }]) => [
          name,
          { p50: rounded(p50), p95: rounded(p95), p99: rounded(p99) },
        ]),
      ),
      roundsEventsPerSecond: Object.fromEntries(
        runNames.map((name) => [name, rounds.map((round) => Math.round(rateOf(round, name)))]),
      ),
    },
    lines: [
      `${events} events, median of ${rounds.length} rounds, ${cores} cores`,
      '',
      row('events/s', 'PostgreSQL', 'PGlite'),
      row('drained by the writer', whole(rate('drained')), whole(rate('drainedPglite'))),
      row('ceiling: no SQL', whole(rate('receiveOnly')), whole(rate('receiveOnly'))),
      row('ceiling: no broker', whole(rate('applyOnly')), whole(rate('applyOnlyPglite'))),
      row('ratio, round by round', ratio.toFixed(2), ratioPglite.toFixed(2)),
      row('whole path', whole(perSecond)),
      '',
      row(`ms at ${whole(steadyPerSecond)} events/s`, 'P50', 'P95', 'P99'),
      ...percentiles.map(([name, { p50, p95, p99 }]) =>
        row(name, p50.toFixed(1), p95.toFixed(1), p99.toFixed(1)),
      ),
    ],
  };
}

/** What was drained, as a share of the lower of the two ceilings. */
function share(round: Round, drained: RunName, applyOnly: RunName): number {
  return rateOf(round, drained) / Math.min(rateOf(round, 'receiveOnly'), rateOf(round, applyOnly));
}

function rateOf(round: Round, name: RunName): number {
  return round.get(name) ?? Number.NaN;
}

function row(label: string, ...cells: string[]): string {
  return [label.padEnd(24), ...cells.map((cell) => cell.padStart(12))].join('');
}

function whole(value: number): string {
  return String(Math.round(value));
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
