import type { Logger } from '@ayna/platform';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { TelemetrySettings } from './telemetry-settings.ts';

/** What an exporter says of a batch; 0 is success. */
interface ExportResult {
  readonly code: number;
  readonly error?: Error;
}

const FAILED = 1;

/**
 * The exporters of spans that are asked for. Each is loaded only when it is: together they are larger
 * than the programs that use them. They read their own variables (`OTEL_EXPORTER_OTLP_HEADERS`, ...).
 * One that cannot be made is said in the log, and the others are used.
 */
export async function openSpanExporters(
  { traces, azureConnectionString }: TelemetrySettings,
  logger: Pick<Logger, 'warn'>,
): Promise<SpanExporter[]> {
  const { otlp, azureMonitor } = traces;
  return opened(logger, 'traces', {
    OTLP:
      otlp &&
      (async () => {
        const { OTLPTraceExporter } = await (otlp === 'json'
          ? import('@opentelemetry/exporter-trace-otlp-http')
          : import('@opentelemetry/exporter-trace-otlp-proto'));
        return new OTLPTraceExporter();
      }),
    'Azure Monitor':
      azureMonitor && azureConnectionString !== undefined
        ? async () => {
            const { AzureMonitorTraceExporter } =
              await import('@azure/monitor-opentelemetry-exporter');
            // Made for OpenTelemetry 2, whose spans and results look the same.
            return guarded(
              new AzureMonitorTraceExporter(
                azureOptions(azureConnectionString),
              ) as unknown as SpanExporter,
            );
          }
        : undefined,
  });
}

/** The exporters of metrics that are asked for, beside the scrape; as of spans. */
export async function openMetricExporters(
  { metrics, azureConnectionString }: TelemetrySettings,
  logger: Pick<Logger, 'warn'>,
): Promise<PushMetricExporter[]> {
  const { otlp, azureMonitor } = metrics;
  return opened(logger, 'metrics', {
    OTLP:
      otlp &&
      (async () => {
        const { OTLPMetricExporter } = await (otlp === 'json'
          ? import('@opentelemetry/exporter-metrics-otlp-http')
          : import('@opentelemetry/exporter-metrics-otlp-proto'));
        return new OTLPMetricExporter();
      }),
    'Azure Monitor':
      azureMonitor && azureConnectionString !== undefined
        ? async () => {
            const { AzureMonitorMetricExporter } =
              await import('@azure/monitor-opentelemetry-exporter');
            return guarded(
              new AzureMonitorMetricExporter(
                azureOptions(azureConnectionString),
              ) as unknown as PushMetricExporter,
            );
          }
        : undefined,
  });
}

async function opened<Exporter>(
  logger: Pick<Logger, 'warn'>,
  what: string,
  wanted: Readonly<Record<string, (() => Promise<Exporter>) | undefined>>,
): Promise<Exporter[]> {
  const exporters: Exporter[] = [];
  for (const [to, open] of Object.entries(wanted)) {
    try {
      if (open) exporters.push(await open());
    } catch (error) {
      // The class only: the message may quote what is secret.
      const failure = error instanceof Error ? error.name : typeof error;
      logger.warn(
        { failure },
        `${what} cannot be sent to ${to}: see that its variables are right (docs/telemetry.md); all else goes on`,
      );
    }
  }
  return exporters;
}

/** What both kinds of exporters have in common. */
interface Exporting<Batch, Result> {
  export(batch: Batch, done: (result: Result) => void): void;
}

/**
 * Makes a failure of an exporter a result. This one is asynchronous inside: what it throws would be
 * a rejection that nobody handles, and end the process.
 */
function guarded<Exporter extends Exporting<never, ExportResult>>(exporter: Exporter): Exporter {
  const send = exporter.export.bind(exporter) as (
    batch: unknown,
    done: (result: ExportResult) => void,
  ) => void | Promise<void>;
  exporter.export = (batch: unknown, done: (result: ExportResult) => void) => {
    void (async () => send(batch, done))().catch((error: unknown) => {
      done({ code: FAILED, error: error instanceof Error ? error : new Error(String(error)) });
    });
  };
  return exporter;
}

/** What cannot be sent is dropped: a container's disk is not the place to keep it. */
function azureOptions(connectionString: string) {
  return { connectionString, disableOfflineStorage: true };
}
