import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { SpanKind, type Span, type SpanContext } from '@opentelemetry/api';
import { aynaTracer, parseTraceText, traceTextOf } from '@ayna/platform';
import { publishedIn, TRACE_PROPERTIES, traceProperties } from '../cloud-event-message.ts';
import { messageAttributes } from '../message-attributes.ts';
import type { AmqpMessage } from './amqp-message.ts';

type Properties = Readonly<Record<string, unknown>>;

/** The application property in which a replayed message names the span that published it before. */
const REPLAYED_PROPERTY = 'ayna_replayed_traceparent';

/**
 * The span that published a message before it was replayed; undefined when it was not, or nobody
 * knows. Never throws.
 */
export function replayedFrom({
  applicationProperties,
}: Pick<ServiceBusReceivedMessage, 'applicationProperties'>): SpanContext | undefined {
  return parseTraceText(applicationProperties?.[REPLAYED_PROPERTY]);
}

/** The properties of a replay: it is in no trace of old, and says which that was. */
export function withoutTrace(properties: Properties): Record<string, unknown> {
  const published = traceTextOf(
    publishedIn({
      applicationProperties: properties as NonNullable<
        ServiceBusReceivedMessage['applicationProperties']
      >,
    }),
  );
  return {
    ...Object.fromEntries(
      Object.entries(properties).filter(([name]) => !TRACE_PROPERTIES.includes(name)),
    ),
    ...(published && { [REPLAYED_PROPERTY]: published.traceparent }),
  };
}

/** A replay on its way: the message with the trace that begins with it. */
export interface TracedReplay {
  readonly message: AmqpMessage;
  /** Ends when the broker has taken it, or not. */
  readonly span: Span;
}

/** Begins the trace of a replay, linked to the one in which the event was published before. */
export function traceReplay(message: AmqpMessage, topic: string): TracedReplay {
  const { applicationProperties = {} } = message;
  const replayed = replayedFrom({
    applicationProperties: applicationProperties,
  });
  const span = aynaTracer().startSpan(`publish ${topic}`, {
    kind: SpanKind.PRODUCER,
    root: true,
    ...(replayed && { links: [{ context: replayed }] }),
  });
  if (!span.isRecording()) return { message, span };
  const { messageId } = message.properties ?? {};
  span.setAttributes({
    ...messageAttributes(
      {
        body: undefined,
        applicationProperties: applicationProperties,
        ...(messageId === undefined ? {} : { messageId }),
      },
      topic,
      'send',
    ),
    'ayna.sync_source': 'replay',
  });
  const trace = traceTextOf(span.spanContext());
  return {
    span,
    message: trace
      ? {
          ...message,
          applicationProperties: { ...applicationProperties, ...traceProperties(trace) },
        }
      : message,
  };
}
