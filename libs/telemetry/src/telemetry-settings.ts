import type { Logger } from '@ayna/platform';
import { z } from 'zod';

export type Environment = Readonly<Record<string, string | undefined>>;

/** How OTLP is written. */
type OtlpEncoding = 'json' | 'protobuf';

/** Where one kind of telemetry goes; several at once are possible. */
interface Destinations {
  readonly otlp: OtlpEncoding | undefined;
  readonly azureMonitor: boolean;
}

/** What the environment asks for. */
export interface TelemetrySettings {
  readonly traces: Destinations;
  readonly metrics: Destinations;
  /** `APPLICATIONINSIGHTS_CONNECTION_STRING`: holds a key, and never reaches a log. */
  readonly azureConnectionString: string | undefined;
  readonly sampler: string;
  readonly samplerArgument: string | undefined;
  readonly spanQueueSize: number;
  readonly spanBatchSize: number;
  readonly spanDelayMs: number;
  readonly metricIntervalMs: number;
  /** How long one export may take, in milliseconds. */
  readonly exportTimeoutMs: number;
}

const DEFAULT_SAMPLER = 'parentbased_always_on';
const DEFAULT_QUEUE_SIZE = 2_048;
const DEFAULT_BATCH_SIZE = 512;
const DEFAULT_SPAN_DELAY_MS = 5_000;
const DEFAULT_METRIC_INTERVAL_MS = 60_000;
const DEFAULT_EXPORT_TIMEOUT_MS = 30_000;
const MAX_NUMBER = 2_147_483_647;

/**
 * Reads the standard variables of OpenTelemetry, and `APPLICATIONINSIGHTS_CONNECTION_STRING`.
 *
 * As the standard has it, a value that cannot be used is said once and ignored: telemetry never
 * keeps a program from its work.
 */
export function telemetrySettings(
  env: Environment,
  logger: Pick<Logger, 'warn'>,
): TelemetrySettings {
  const text = (name: string) => (env[name] === '' ? undefined : env[name]);
  const ignore = (variable: string, expected: string) => {
    logger.warn({ variable }, `${variable} is ignored: ${expected}`);
  };
  const number = (name: string, min: number, fallback: number) => {
    const value = text(name);
    if (value === undefined) return fallback;
    const parsed = z
      .string()
      .regex(/^\d+$/)
      .transform(Number)
      .pipe(z.int().min(min).max(MAX_NUMBER));
    const result = parsed.safeParse(value);
    if (result.success) return result.data;
    ignore(name, `expected a whole number from ${min}; it counts as ${fallback}`);
    return fallback;
  };
  const off = /^(true|1)$/i.test(text('OTEL_SDK_DISABLED') ?? '');
  const azureConnectionString = off ? undefined : text('APPLICATIONINSIGHTS_CONNECTION_STRING');

  const encoding = (signal: 'TRACES' | 'METRICS'): OtlpEncoding | undefined => {
    const variable =
      text(`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`) === undefined
        ? 'OTEL_EXPORTER_OTLP_PROTOCOL'
        : `OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`;
    const protocol = text(variable) ?? 'http/protobuf';
    if (protocol === 'http/json') return 'json';
    if (protocol === 'http/protobuf') return 'protobuf';
    ignore(
      variable,
      `${signal.toLowerCase()} are sent by http/protobuf or http/json; nothing is sent by OTLP`,
    );
    return undefined;
  };
  const destinations = (signal: 'TRACES' | 'METRICS'): Destinations => {
    const exporters = (text(`OTEL_${signal}_EXPORTER`) ?? '').split(',').map((name) => name.trim());
    if (off || exporters.includes('none')) return { otlp: undefined, azureMonitor: false };
    const endpoint =
      text(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`) ?? text('OTEL_EXPORTER_OTLP_ENDPOINT');
    return {
      otlp: endpoint !== undefined || exporters.includes('otlp') ? encoding(signal) : undefined,
      azureMonitor: azureConnectionString !== undefined,
    };
  };
  const queueSize = number('OTEL_BSP_MAX_QUEUE_SIZE', 1, DEFAULT_QUEUE_SIZE);
  return {
    traces: destinations('TRACES'),
    metrics: destinations('METRICS'),
    azureConnectionString,
    sampler: text('OTEL_TRACES_SAMPLER') ?? DEFAULT_SAMPLER,
    samplerArgument: text('OTEL_TRACES_SAMPLER_ARG'),
    spanQueueSize: queueSize,
    spanBatchSize: Math.min(
      queueSize,
      number('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 1, DEFAULT_BATCH_SIZE),
    ),
    spanDelayMs: number('OTEL_BSP_SCHEDULE_DELAY', 0, DEFAULT_SPAN_DELAY_MS),
    metricIntervalMs: number('OTEL_METRIC_EXPORT_INTERVAL', 1, DEFAULT_METRIC_INTERVAL_MS),
    exportTimeoutMs: number('OTEL_BSP_EXPORT_TIMEOUT', 1, DEFAULT_EXPORT_TIMEOUT_MS),
  };
}
