import type { ServiceBusMessage, ServiceBusReceivedMessage } from '@azure/service-bus';
import { type MirrorEvent, parseMirrorEvent, type Entity, type TypedEvent } from '@ayna/contract';
import { AynaError, wireData } from '@ayna/contract';

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

/** An event as a message, in binary mode: attributes as properties, `data` as the body. */
export function toMessage(event: MirrorEvent, messageId: string): ServiceBusMessage {
  return {
    messageId,
    contentType: CONTENT_TYPE,
    subject: event.type,
    applicationProperties: Object.fromEntries(
      ATTRIBUTES.map((name) => [`${PREFIX}${name}`, event[name]]),
    ),
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
