import type { ServiceBusMessage, ServiceBusReceivedMessage } from '@azure/service-bus';
import type { Attributes } from '@opentelemetry/api';

type Operation = 'send' | 'process' | 'settle';

const MS_PER_SECOND = 1_000;

/**
 * What a span says of a message, by the conventions of OpenTelemetry for messaging, for Service Bus
 * and for CloudEvents. Names and ids only, never what the document holds.
 */
export function messageAttributes(
  message: ServiceBusMessage &
    Partial<Pick<ServiceBusReceivedMessage, 'deliveryCount' | 'enqueuedTimeUtc'>>,
  topic: string,
  operation: Operation,
): Attributes {
  const properties = message.applicationProperties ?? {};
  const attributes: Attributes = {
    'messaging.system': 'servicebus',
    'messaging.destination.name': topic,
    'messaging.operation.type': operation,
    'messaging.operation.name': operation === 'send' ? 'publish' : operation,
  };
  if (message.messageId !== undefined)
    attributes['messaging.message.id'] = String(message.messageId);
  if (message.deliveryCount !== undefined) {
    // The broker counts the deliveries that failed before; the conventions count this one.
    attributes['messaging.servicebus.message.delivery_count'] = message.deliveryCount + 1;
  }
  if (message.enqueuedTimeUtc) {
    attributes['messaging.servicebus.message.enqueued_time'] = Math.floor(
      message.enqueuedTimeUtc.getTime() / MS_PER_SECOND,
    );
  }
  for (const name of ['id', 'type', 'source', 'subject']) {
    const value = properties[`cloudEvents_${name}`] ?? properties[`cloudEvents:${name}`];
    if (typeof value === 'string') attributes[`cloudevents.event_${name}`] = value;
  }
  return attributes;
}
