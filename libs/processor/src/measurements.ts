import type { Counter, Histogram } from '@opentelemetry/api';
import type { ErrorCode, MirrorChange, Outcome } from '@ayna/contract';
import {
  aynaMeter,
  latencyRecorder,
  LATENCY_BUCKETS_MS,
  type LatencyRecorder,
  type LatencySummary,
} from '@ayna/platform';

/** What a processor has done since it started. */
export interface ProcessorCounts {
  readonly applied: number;
  readonly stale: number;
  readonly duplicate: number;
  readonly deadLettered: number;
}

export interface ProcessorLatency {
  /** Enqueued at the broker -> committed in SQL. */
  readonly queueToSql: LatencySummary;
  /** Committed in Firestore -> committed in SQL, of the changes that were applied. */
  readonly documentToSql: LatencySummary;
}

/** What is too slow, in milliseconds: an alert is due when it is more than one event in twenty. */
const SLOW_MS = 250;

/** Counts outcomes and records latencies, for metrics and for `/status`. */
export class Measurements {
  readonly #counts = { applied: 0, stale: 0, duplicate: 0, deadLettered: 0 };
  readonly #queueToSql: LatencyRecorder = latencyRecorder();
  readonly #documentToSql: LatencyRecorder = latencyRecorder();
  readonly #events: Counter;
  readonly #slow: Counter;
  readonly #reconnects: Counter;
  #reconnected = 0;
  readonly #queueHistogram: Histogram;
  readonly #documentHistogram: Histogram;

  constructor() {
    const meter = aynaMeter();
    const advice = { explicitBucketBoundaries: LATENCY_BUCKETS_MS };
    this.#events = meter.createCounter('mirror_events_total', {
      description: 'Events settled, by outcome',
    });
    this.#reconnects = meter.createCounter('mirror_reconnects_total', {
      description: 'Connections to the broker that ended and were replaced, by reason',
    });
    // Azure Monitor keeps sums and counts of histograms and no percentiles.
    this.#slow = meter.createCounter('sql_mirror_slow_total', {
      description: `Events that took more than ${SLOW_MS} ms from the broker to SQL`,
    });
    this.#queueHistogram = meter.createHistogram('sql_mirror_latency_ms', {
      description: 'Enqueued at the broker to committed in SQL',
      advice,
    });
    this.#documentHistogram = meter.createHistogram('document_to_sql_latency_ms', {
      description: 'Committed in Firestore to committed in SQL',
      advice,
    });
  }

  /** @param committedAtMs when the transaction had committed, since 1970 */
  committed(
    change: MirrorChange,
    outcome: Outcome,
    enqueuedAt: Date | undefined,
    committedAtMs: number,
  ): void {
    this.#counts[outcome] += 1;
    const labels = { entity: change.entity.name };
    this.#events.add(1, { ...labels, outcome });
    if (enqueuedAt) {
      const latency = committedAtMs - enqueuedAt.getTime();
      this.#queueToSql.record(latency);
      this.#queueHistogram.record(latency, labels);
      if (latency > SLOW_MS) this.#slow.add(1, labels);
    }
    if (outcome === 'applied') {
      const latency = committedAtMs - Number(change.sourceVersion.micros) / 1_000;
      this.#documentToSql.record(latency);
      this.#documentHistogram.record(latency, labels);
    }
  }

  deadLettered(reason: ErrorCode): void {
    this.#counts.deadLettered += 1;
    this.#events.add(1, { outcome: 'dead_lettered', reason });
  }

  /** A message that needed no row: the document of its claim check is gone. */
  skipped(): void {
    this.#counts.stale += 1;
    this.#events.add(1, { outcome: 'stale' });
  }

  /** A connection to the broker ended, and another one takes its place. */
  reconnected(reason: ErrorCode): void {
    this.#reconnected += 1;
    this.#reconnects.add(1, { reason });
  }

  get reconnects(): number {
    return this.#reconnected;
  }

  counts(): ProcessorCounts {
    return { ...this.#counts };
  }

  latency(): ProcessorLatency {
    return {
      queueToSql: this.#queueToSql.summary(),
      documentToSql: this.#documentToSql.summary(),
    };
  }
}
