import type { ServiceBusMessage, ServiceBusReceivedMessage } from '@azure/service-bus';
import { type MirrorEvent, parseMirrorEvent, type Entity, type TypedEvent } from '@ayna/contract';
import { AynaError, wireData } from '@ayna/contract';
import { parseTraceText, type TraceText } from '@ayna/platform';
import type { SpanContext } from '@opentelemetry/api';

/**
 * The prefix of CloudEvents attributes among the application properties, of the CloudEvents AMQP
 * binding 1.0.2. A broker filter reads the type as `cloudEvents_type = 'dm.message.create'`.
 */
const PREFIX = 'cloudEvents_';

const CONTENT_TYPE = 'application/json';

/** The attributes that travel; `datacontenttype` is the message's content type. */
const ATTRIBUTES = [
  'specversion',
  'id',
  'type',
  'source',
  'subject',
  'time',
  'contractversion',
] as const;

/**
 * Where `@azure/service-bus`, Azure Functions and Azure Monitor look for the trace of a message. A
 * message that has it is left as it is by the SDK's own tracing.
 */
const DIAGNOSTIC_ID = 'Diagnostic-Id';

/**
 * The properties that carry a trace: CloudEvents' extension "distributed tracing" 1.0, and the one
 * that Azure knows. They are no part of the contract, and an event is the same with and without.
 */
export function traceProperties({ traceparent, tracestate }: TraceText): Record<string, string> {
  return {
    [`${PREFIX}traceparent`]: traceparent,
    ...(tracestate === undefined ? {} : { [`${PREFIX}tracestate`]: tracestate }),
    [DIAGNOSTIC_ID]: traceparent,
  };
}

/** The names that `traceProperties` may set, and those that other senders use for the same. */
export const TRACE_PROPERTIES: readonly string[] = [
  ...['traceparent', 'tracestate'].flatMap((name) => [`${PREFIX}${name}`, `cloudEvents:${name}`]),
  DIAGNOSTIC_ID,
];

/**
 * The span that published a message; undefined when there is none, or what is there is malformed.
 * Never throws.
 */
export function publishedIn({
  applicationProperties: properties = {},
}: Pick<ServiceBusReceivedMessage, 'applicationProperties'>): SpanContext | undefined {
  const read = (name: string) =>
    properties[`${PREFIX}${name}`] ?? properties[`cloudEvents:${name}`];
  return (
    parseTraceText(read('traceparent'), read('tracestate')) ??
    parseTraceText(properties[DIAGNOSTIC_ID])
  );
}

/** The id of the event in a message, for a log line; undefined when it is none of ours. */
export function eventIdOf({
  applicationProperties: properties = {},
}: Pick<ServiceBusReceivedMessage, 'applicationProperties'>): string | undefined {
  const id = properties[`${PREFIX}id`] ?? properties['cloudEvents:id'];
  return typeof id === 'string' ? id : undefined;
}

/**
 * An event as a message, in binary mode: attributes as properties, `data` as the body.
 *
 * @param trace the span that publishes it
 */
export function toMessage(
  event: MirrorEvent,
  messageId: string,
  trace?: TraceText,
): ServiceBusMessage {
  return {
    messageId,
    contentType: CONTENT_TYPE,
    subject: event.type,
    applicationProperties: {
      ...Object.fromEntries(ATTRIBUTES.map((name) => [`${PREFIX}${name}`, event[name]])),
      ...(trace && traceProperties(trace)),
    },
    body: wireData(event),
  };
}

/**
 * Reads and checks the event in a message.
 *
 * @throws AynaError `ContractViolation`, `ContractTooNew` or `UnknownEntity`
 */
export function fromMessage(
  entities: readonly Entity[],
  message: Pick<ServiceBusReceivedMessage, 'applicationProperties' | 'body'>,
): TypedEvent {
  const properties = message.applicationProperties ?? {};
  const attributes = Object.fromEntries(
    ATTRIBUTES.map((name) => [
      name,
      properties[`${PREFIX}${name}`] ?? properties[`cloudEvents:${name}`],
    ]),
  );
  const body: unknown = message.body;
  if (body === null || typeof body !== 'object' || Buffer.isBuffer(body)) {
    throw new AynaError('ContractViolation', 'the body of the message is not a JSON object');
  }
  return parseMirrorEvent(entities, attributes, body);
}
