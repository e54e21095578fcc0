import type { IncomingMessage, ServerResponse } from 'node:http';
import { metrics, type Meter } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

/** The metrics of a running program. */
export interface Metrics {
  /** Answers a scrape in Prometheus's text format. */
  handleScrape(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

/**
 * Starts collecting what the libraries record through the OpenTelemetry API, for `/metrics`.
 * Without it, recording costs next to nothing and goes nowhere.
 */
export function startMetrics(): Metrics {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({ readers: [exporter] });
  metrics.setGlobalMeterProvider(provider);
  return {
    handleScrape: (request, response) => {
      exporter.getMetricsRequestHandler(request, response);
    },
    close: async () => {
      await provider.shutdown();
      metrics.disable();
    },
  };
}

/** The meter that Ayna's libraries record with. */
export function aynaMeter(): Meter {
  return metrics.getMeter('ayna');
}

/** Bucket bounds, in milliseconds, around the target of 200 ms. */
export const LATENCY_BUCKETS_MS: number[] = [
  1, 2, 5, 10, 20, 35, 50, 75, 100, 150, 200, 250, 350, 500, 750, 1_000, 2_500, 5_000, 10_000,
  30_000, 60_000,
];
