import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { within, type Logger } from '@ayna/platform';
import type { Resource } from '@opentelemetry/resources';
import { logSdkFailures } from './sdk-log.ts';
import type { RunningMetrics } from './start-metrics.ts';
import type { RunningTraces } from './start-traces.ts';
import {
  telemetrySettings,
  type Environment,
  type TelemetrySettings,
} from './telemetry-settings.ts';

export interface TelemetryOptions {
  /** `service.name` of all that is sent, unless `OTEL_SERVICE_NAME` says another. */
  readonly serviceName: string;
  readonly logger: Logger;
  /** @defaultValue the environment of the process; the exporters themselves read that in any case */
  readonly env?: Environment;
  /**
   * Whether metrics are collected for a scrape even when nobody asks for them to be sent.
   * @defaultValue true; false for what nobody can scrape, such as a Firebase function
   */
  readonly scraped?: boolean;
  /**
   * Whether several of it may run at once. Each then sends by a `service.instance.id` of its own, or
   * their counters would be taken for one that jumps. A job has none: its next run goes on with the
   * series of the last.
   * @defaultValue true
   */
  readonly replicated?: boolean;
}

/** The telemetry of a running program. No method rejects. */
export interface Telemetry {
  /** Answers a scrape in Prometheus's text format; 503 where nothing is collected. */
  handleScrape(request: IncomingMessage, response: ServerResponse): void;
  /** Sends what is waiting. @param timeoutMs how long that may take @defaultValue 2,000 */
  flush(timeoutMs?: number): Promise<void>;
  /** Sends what is waiting and ends. @param timeoutMs how long that may take @defaultValue 2,000 */
  close(timeoutMs?: number): Promise<void>;
}

/** Less than a shutdown has left. */
const DEFAULT_TIMEOUT_MS = 2_000;

/**
 * Starts what the environment asks for, through the OpenTelemetry API that Ayna's libraries record
 * with: metrics for `/metrics`, and traces and metrics by OTLP (`OTEL_EXPORTER_OTLP_ENDPOINT`) and to
 * Azure Monitor (`APPLICATIONINSIGHTS_CONNECTION_STRING`). `docs/telemetry.md` has the variables.
 *
 * Whatever is not asked for is not loaded. Never rejects: what cannot be started is said in the log,
 * and the program goes on without. Call it before anything that measures is made.
 *
 * @example
 * const telemetry = await startTelemetry({ serviceName: 'ayna-writer', logger });
 * await startOpsServer({ host, port, metrics: telemetry, ready, status });
 */
export async function startTelemetry({
  serviceName,
  logger,
  env = process.env,
  scraped = true,
  replicated = true,
}: TelemetryOptions): Promise<Telemetry> {
  const settings = telemetrySettings(env, logger);
  const sends = ({ otlp, azureMonitor }: TelemetrySettings['traces']) =>
    otlp !== undefined || azureMonitor;
  const running: (RunningTraces | RunningMetrics)[] = [];
  let metrics: RunningMetrics | undefined;
  const sending = sends(settings.traces) || sends(settings.metrics);
  if (sending) logSdkFailures(logger, env);
  const instance = replicated ? `${hostname()}-${randomUUID().slice(0, 8)}` : undefined;
  if (sends(settings.traces)) {
    const { startTraces } = await import('./start-traces.ts');
    running.push(await startTraces(settings, await resourceOf(serviceName, instance), logger));
  }
  if (scraped || sends(settings.metrics)) {
    const { startMetrics } = await import('./start-metrics.ts');
    metrics = await startMetrics(settings, await resourceOf(serviceName, instance), logger);
    running.push(metrics);
  }
  const all = async (
    timeoutMs: number,
    work: (each: RunningTraces | RunningMetrics) => Promise<void>,
  ) => {
    await within(timeoutMs, Promise.allSettled(running.map(work)));
  };
  return {
    handleScrape: (request, response) => {
      if (metrics) metrics.handleScrape(request, response);
      else response.writeHead(503).end();
    },
    flush: (timeoutMs = DEFAULT_TIMEOUT_MS) => all(timeoutMs, (each) => each.flush()),
    close: (timeoutMs = DEFAULT_TIMEOUT_MS) => all(timeoutMs, (each) => each.close()),
  };
}

/** Who sends: the name of the service, which of several, and what `OTEL_RESOURCE_ATTRIBUTES` adds. */
async function resourceOf(serviceName: string, instance: string | undefined): Promise<Resource> {
  const { defaultResource, detectResources, envDetector, resourceFromAttributes } =
    await import('@opentelemetry/resources');
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.name': serviceName, 'service.namespace': 'ayna' }))
    .merge(resourceFromAttributes({ ...(instance && { 'service.instance.id': instance }) }))
    .merge(detectResources({ detectors: [envDetector] }));
}
