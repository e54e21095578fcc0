import { createHistogram } from 'node:perf_hooks';

/** Percentiles of a latency, in milliseconds; all 0 when nothing was recorded. */
export interface LatencySummary {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Records latencies and tells their percentiles, to three significant digits. */
export interface LatencyRecorder {
  /** Below zero (clocks of two machines differ) counts as zero. */
  record(milliseconds: number): void;
  summary(): LatencySummary;
}

const MICROS_PER_MS = 1_000;

/** A recorder of its own, with nothing recorded. */
export function latencyRecorder(): LatencyRecorder {
  const histogram = createHistogram({ figures: 3 });
  const percentile = (rank: number) =>
    histogram.count === 0 ? 0 : histogram.percentile(rank) / MICROS_PER_MS;
  return {
    record(milliseconds) {
      histogram.record(Math.max(1, Math.round(milliseconds * MICROS_PER_MS)));
    },
    summary: () => ({
      count: histogram.count,
      p50: percentile(50),
      p95: percentile(95),
      p99: percentile(99),
      max: histogram.count === 0 ? 0 : histogram.max / MICROS_PER_MS,
    }),
  };
}
