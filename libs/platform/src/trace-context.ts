import { isSpanContextValid, type SpanContext } from '@opentelemetry/api';
import { parseTraceState } from './trace-state.ts';

/** W3C trace context as text, as it travels with an event or a request. */
export interface TraceText {
  /** `00-TRACE_ID-SPAN_ID-FLAGS`, in lower-case hex. */
  readonly traceparent: string;
  /** What vendors add to it; absent when there is nothing. */
  readonly tracestate?: string;
}

const CURRENT_VERSION = '00';
const INVALID_VERSION = 'ff';
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** Longer than this need not be carried on, by the specification. */
const MAX_TRACESTATE_LENGTH = 512;

/** A span's context as text; undefined for one that belongs to no trace. */
export function traceTextOf(context: SpanContext | undefined): TraceText | undefined {
  if (!context || !isSpanContextValid(context)) return undefined;
  const flags = context.traceFlags.toString(16).padStart(2, '0');
  const tracestate = context.traceState?.serialize();
  return {
    traceparent: `${CURRENT_VERSION}-${context.traceId}-${context.spanId}-${flags}`,
    ...(tracestate ? { tracestate } : {}),
  };
}

/**
 * Reads W3C trace context that came from outside. Never throws: what is missing or malformed is
 * undefined, and whatever it belongs to goes on without a trace.
 *
 * @example
 * const parent = parseTraceText(request.headers.traceparent, request.headers.tracestate);
 */
export function parseTraceText(
  traceparent: unknown,
  tracestate?: unknown,
): SpanContext | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const [, version, traceId, spanId, flags, more] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === INVALID_VERSION || (version === CURRENT_VERSION && more !== undefined)) {
    return undefined;
  }
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(typeof tracestate === 'string' &&
    tracestate !== '' &&
    tracestate.length <= MAX_TRACESTATE_LENGTH
      ? { traceState: parseTraceState(tracestate) }
      : {}),
  };
  return isSpanContextValid(context) ? context : undefined;
}
