import type { IncomingMessage, ServerResponse } from 'node:http';
import { metrics } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import type { Resource } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { Logger } from '@ayna/platform';
import { openMetricExporters } from './open-exporters.ts';
import { measureProcess } from './process-metrics.ts';
import type { TelemetrySettings } from './telemetry-settings.ts';

/** The metrics of a running program. */
export interface RunningMetrics {
  /** Answers a scrape in Prometheus's text format. */
  handleScrape(request: IncomingMessage, response: ServerResponse): void;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Starts collecting what the libraries record, for `/metrics` and for the exporters. */
export async function startMetrics(
  settings: TelemetrySettings,
  resource: Resource,
  logger: Logger,
): Promise<RunningMetrics> {
  const prometheus = new PrometheusExporter({ preventServerStart: true });
  const exporters = await openMetricExporters(settings, logger);
  const timeoutMs = Math.min(settings.exportTimeoutMs, settings.metricIntervalMs);
  const pushing = exporters.map(
    (exporter) =>
      new PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis: settings.metricIntervalMs,
        exportTimeoutMillis: timeoutMs,
      }),
  );
  const provider = new MeterProvider({ resource, readers: [prometheus, ...pushing] });
  metrics.setGlobalMeterProvider(provider);
  measureProcess();
  return {
    handleScrape: (request, response) => {
      prometheus.getMetricsRequestHandler(request, response);
    },
    flush: async () => {
      await Promise.all(pushing.map((reader) => reader.forceFlush()));
    },
    close: async () => {
      metrics.disable();
      await provider.shutdown();
    },
  };
}
