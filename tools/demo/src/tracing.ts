import { setTimeout as delay } from 'node:timers/promises';
import { describeTrace, startTelemetryEmulator } from '@ayna/emulator-telemetry';

/** Collects what the programs of the demo tell. */
export interface Tracing {
  /** The trace of the document that arrived last, for a terminal. */
  lastTrace(): Promise<string>;
  close(): Promise<void>;
}

const SPAN_DELAY_MS = 200;
const PATIENCE_MS = 10_000;

/**
 * Starts an OTLP endpoint and names it in the environment of this process, which those that it starts
 * inherit.
 */
export async function startTracing(): Promise<Tracing> {
  const telemetry = await startTelemetryEmulator();
  Object.assign(process.env, {
    OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: String(SPAN_DELAY_MS),
  });
  const last = () => telemetry.spans().findLast(({ kind }) => kind === 'consumer');
  return {
    lastTrace: async () => {
      const until = performance.now() + PATIENCE_MS;
      while (!last() && performance.now() < until) await delay(SPAN_DELAY_MS);
      // The triggers and the writer send by themselves: the other half is on its way.
      await delay(2 * SPAN_DELAY_MS);
      const span = last();
      return span ? describeTrace(telemetry.spans(), span.traceId) : 'no trace arrived\n';
    },
    close: async () => {
      await telemetry[Symbol.asyncDispose]();
    },
  };
}
