import {
  isSpanContextValid,
  metrics,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Context,
  type Meter,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { AynaError } from '@ayna/contract';

const SCOPE = 'ayna';

/** The meter that Ayna's libraries record with. */
export function aynaMeter(): Meter {
  return metrics.getMeter(SCOPE);
}

/**
 * The tracer of Ayna's libraries. Without a program that has started the OpenTelemetry SDK, its spans
 * cost next to nothing and go nowhere.
 */
export function aynaTracer(): Tracer {
  return trace.getTracer(SCOPE);
}

/** The context in which spans are children of what came from elsewhere, or of nothing. */
export function contextOf(parent: SpanContext | undefined): Context {
  return parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

/**
 * The ids by which a log line is found from its trace, and the other way round: fields for a logger.
 * Empty where there is no trace.
 */
export function traceFields(
  context: SpanContext | undefined,
): { readonly trace_id: string; readonly span_id: string } | Readonly<Record<string, never>> {
  return context && isSpanContextValid(context)
    ? { trace_id: context.traceId, span_id: context.spanId }
    : {};
}

/**
 * Marks a span as failed, by the code of the registry or the class of the error. What was said stays in
 * the log: a database may quote the row that it refuses.
 */
export function failSpan(span: Span, error: unknown): void {
  const type =
    error instanceof AynaError ? error.code : error instanceof Error ? error.name : '_OTHER';
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, message: type });
}
