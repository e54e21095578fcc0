import type {
  BatchObservableCallback,
  Counter,
  Histogram,
  ObservableGauge,
} from '@opentelemetry/api';
import {
  aynaMeter,
  latencyRecorder,
  LATENCY_BUCKETS_MS,
  type LatencySummary,
} from '@ayna/platform';
import type { PushEvents } from './clients/connections.ts';

/** What a hub has done since it started. */
export interface HubCounts {
  /** Messages by what became of them. */
  readonly taken: { readonly kept: number; readonly duplicate: number; readonly skipped: number };
  readonly dropped: Readonly<Record<string, number>>;
  /** Frames that told clients of a change. */
  readonly pushed: number;
  /** Connections that ended, by reason. */
  readonly closed: Readonly<Record<string, number>>;
  /** Committed in Firestore -> written to the sockets of this hub, in milliseconds. */
  readonly documentToClientMs: LatencySummary;
}

/** Counts and latencies of a hub, for metrics and for `/status`. */
export class HubMeasurements implements PushEvents {
  readonly #taken = { kept: 0, duplicate: 0, skipped: 0 };
  readonly #dropped: Record<string, number> = {};
  readonly #closed: Record<string, number> = {};
  readonly #latency = latencyRecorder();
  readonly #takenCounter: Counter;
  readonly #droppedCounter: Counter;
  readonly #closedCounter: Counter;
  readonly #pushedCounter: Counter;
  readonly #histogram: Histogram;
  readonly #gauge: ObservableGauge;
  #pushed = 0;
  #observe: BatchObservableCallback | undefined;

  constructor() {
    const meter = aynaMeter();
    this.#takenCounter = meter.createCounter('realtime_messages_total', {
      description: 'Messages settled, by outcome',
    });
    this.#droppedCounter = meter.createCounter('realtime_dropped_total', {
      description: 'Changes that were kept and are told to nobody, by reason',
    });
    this.#pushedCounter = meter.createCounter('realtime_pushed_total', {
      description: 'Changes written to clients',
    });
    this.#closedCounter = meter.createCounter('realtime_closed_total', {
      description: 'Connections that ended, by reason',
    });
    this.#gauge = meter.createObservableGauge('realtime_connections', {
      description: 'Connected clients',
    });
    this.#histogram = meter.createHistogram('document_to_client_latency_ms', {
      description: 'Committed in Firestore to written to clients',
      advice: { explicitBucketBoundaries: LATENCY_BUCKETS_MS },
    });
  }

  watch(connections: { readonly size: number }): void {
    this.#observe = (result) => {
      result.observe(this.#gauge, connections.size);
    };
    aynaMeter().addBatchObservableCallback(this.#observe, [this.#gauge]);
  }

  readonly pushed = (committedAtMs: number, connections: number): void => {
    if (connections === 0) return;
    this.#pushed += connections;
    this.#pushedCounter.add(connections);
    const latency = performance.timeOrigin + performance.now() - committedAtMs;
    this.#latency.record(latency);
    this.#histogram.record(latency);
  };

  taken(outcome: 'kept' | 'duplicate' | 'skipped', count: number): void {
    if (count === 0) return;
    this.#taken[outcome] += count;
    this.#takenCounter.add(count, { outcome });
  }

  dropped(reason: string, count: number): void {
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + count;
    this.#droppedCounter.add(count, { reason });
  }

  closed(reason: string): void {
    this.#closed[reason] = (this.#closed[reason] ?? 0) + 1;
    this.#closedCounter.add(1, { reason });
  }

  counts(): HubCounts {
    return {
      taken: { ...this.#taken },
      dropped: { ...this.#dropped },
      pushed: this.#pushed,
      closed: { ...this.#closed },
      documentToClientMs: this.#latency.summary(),
    };
  }

  close(): void {
    if (this.#observe) aynaMeter().removeBatchObservableCallback(this.#observe, [this.#gauge]);
  }
}
