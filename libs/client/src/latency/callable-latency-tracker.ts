import type { Clock } from '../ports/clock.ts';
import { percentile } from './percentile.ts';

/** What is measured: calls for direct messages, and calls for the follow graph. */
export type LatencyCategory = 'dmSqlMirror' | 'followSqlMirror';

/** A call that was answered, as `callable_latency` for Crashlytics or Analytics. */
export interface LatencySample {
  readonly category: LatencyCategory;
  readonly callable: string;
  readonly milliseconds: number;
}

/** Of the calls in the window, in milliseconds; all 0 when there are none. */
export interface LatencyFigures {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
}

/** How many calls, and how old, count at most. */
export interface LatencyWindow {
  readonly maxSamples: number;
  readonly maxAgeMs: number;
}

export const DEFAULT_LATENCY_WINDOW: LatencyWindow = { maxSamples: 200, maxAgeMs: 300_000 };

/** Measures calls of the gateway, as the user feels them: from the call to its answer. */
export class CallableLatencyTracker {
  readonly #clock: Clock;
  readonly #window: LatencyWindow;
  readonly #onSample: ((sample: LatencySample) => void) | undefined;
  readonly #samples = new Map<LatencyCategory, { at: number; milliseconds: number }[]>();

  constructor(
    clock: Clock,
    onSample?: (sample: LatencySample) => void,
    window: LatencyWindow = DEFAULT_LATENCY_WINDOW,
  ) {
    this.#clock = clock;
    this.#window = window;
    this.#onSample = onSample;
  }

  /** Makes a call and records it when it is answered; failures are not latencies. */
  async measure<T>(
    category: LatencyCategory,
    callable: string,
    call: () => Promise<T>,
  ): Promise<T> {
    const startedAt = this.#clock.elapsed();
    const answer = await call();
    const milliseconds = this.#clock.elapsed() - startedAt;
    const samples = this.#samples.get(category) ?? [];
    samples.push({ at: this.#clock.elapsed(), milliseconds });
    this.#samples.set(category, samples.slice(-this.#window.maxSamples));
    this.#onSample?.({ category, callable, milliseconds });
    return answer;
  }

  figures(category: LatencyCategory): LatencyFigures {
    const since = this.#clock.elapsed() - this.#window.maxAgeMs;
    const values = (this.#samples.get(category) ?? [])
      .filter(({ at }) => at >= since)
      .map(({ milliseconds }) => milliseconds);
    return {
      count: values.length,
      p50: percentile(values, 50),
      p95: percentile(values, 95),
    };
  }
}
