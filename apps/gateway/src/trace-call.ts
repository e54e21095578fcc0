import { context, SpanKind, trace } from '@opentelemetry/api';
import { aynaTracer, contextOf, failSpan, parseTraceText } from '@ayna/platform';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Answers a call as a span, the root of a trace: what comes from clients decides about nothing here,
 * not even about what is recorded. A trace that the client names is linked.
 */
export async function traceCall<T>(
  name: string,
  headers: Headers,
  answer: () => Promise<T>,
): Promise<T> {
  const client = parseTraceText(headers.traceparent, headers.tracestate);
  const root = contextOf(undefined);
  const span = aynaTracer().startSpan(
    name,
    {
      kind: SpanKind.SERVER,
      attributes: { 'faas.name': name, 'faas.trigger': 'http' },
      ...(client && { links: [{ context: client }] }),
    },
    root,
  );
  try {
    return await context.with(trace.setSpan(root, span), answer);
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}
