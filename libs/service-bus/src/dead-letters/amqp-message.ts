import type { ServiceBusReceivedMessage } from '@azure/service-bus';

/** A message with all its AMQP parts; the client does not export the type. */
export type AmqpMessage = ServiceBusReceivedMessage['_rawAmqpMessage'];
