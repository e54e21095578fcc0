import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from '@ayna/platform';
import { openSpanExporters } from './open-exporters.ts';
import { samplerOf } from './sampler.ts';
import type { TelemetrySettings } from './telemetry-settings.ts';

/** The traces of a running program. */
export interface RunningTraces {
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Starts recording spans, for the exporters that are asked for. */
export async function startTraces(
  settings: TelemetrySettings,
  resource: Resource,
  logger: Logger,
): Promise<RunningTraces> {
  const exporters = await openSpanExporters(settings, logger);
  const provider = new TracerProvider({
    resource,
    sampler: samplerOf(settings, logger),
    spanProcessors: exporters.map(
      (exporter) =>
        new BatchSpanProcessor({
          exporter,
          maxQueueSize: settings.spanQueueSize,
          maxExportBatchSize: settings.spanBatchSize,
          scheduledDelayMillis: settings.spanDelayMs,
          exportTimeoutMillis: settings.exportTimeoutMs,
        }),
    ),
  });
  const contexts = new AsyncLocalStorageContextManager();
  contexts.enable();
  context.setGlobalContextManager(contexts);
  trace.setGlobalTracerProvider(provider);
  return {
    flush: () => provider.forceFlush(),
    close: async () => {
      trace.disable();
      context.disable();
      await provider.shutdown();
    },
  };
}
