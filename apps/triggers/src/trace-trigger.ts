import { context, isSpanContextValid, SpanKind, trace, TraceFlags } from '@opentelemetry/api';
import { aynaTracer, contextOf, failSpan, parseTraceText } from '@ayna/platform';
import type { DocumentWritten } from './document-written.ts';

/**
 * Runs what a trigger does as a span; what is published meanwhile belongs to its trace.
 *
 * It is a child of the trace that Eventarc hands in, when that one is recorded. Google samples by
 * itself, and rarely; a trace that it leaves out is begun anew and linked.
 *
 * @param startTime when the trigger began, in milliseconds since 1970
 */
export async function traceTrigger(
  functionName: string,
  event: DocumentWritten,
  startTime: number,
  work: () => Promise<void>,
): Promise<void> {
  const { traceparent, tracestate } = event as { traceparent?: unknown; tracestate?: unknown };
  const given = parseTraceText(traceparent, tracestate);
  const recorded = given && (given.traceFlags & TraceFlags.SAMPLED) !== 0;
  const parent = contextOf(recorded ? given : undefined);
  const span = aynaTracer().startSpan(
    functionName,
    {
      kind: SpanKind.SERVER,
      startTime,
      ...(given && !recorded ? { links: [{ context: given }] } : {}),
      attributes: {
        'faas.name': functionName,
        'faas.trigger': 'datasource',
        'faas.invocation_id': event.id,
        'faas.document.collection': event.document.split('/').slice(0, -1).join('/'),
        'faas.document.name': event.document,
        'faas.document.operation': operationOf(event),
        'faas.document.time': event.time,
      },
    },
    parent,
  );
  try {
    const within = isSpanContextValid(span.spanContext()) ? trace.setSpan(parent, span) : parent;
    await context.with(within, work);
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}

function operationOf({ data }: DocumentWritten): 'insert' | 'edit' | 'delete' {
  if (data?.after.exists !== true) return 'delete';
  return data.before.exists ? 'edit' : 'insert';
}
