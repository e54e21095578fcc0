import { BrokerError } from '../broker/broker-error.ts';
import type { AmqpServices } from './amqp-services.ts';

/** The largest message that is taken at a path: what the queue or topic says, or else the emulator's limit. */
export function largestMessageBytes(
  { namespace, maxMessageBytes }: AmqpServices,
  path: string,
): number {
  const limit = namespace.findSendable(path)?.description.maxMessageSizeInKilobytes;
  return limit === undefined ? maxMessageBytes : limit * 1024;
}

/** Throws `size-exceeded`. */
export function assertSize(bytes: number, limit: number): void {
  if (bytes <= limit) return;
  throw new BrokerError(
    'size-exceeded',
    `The received message (size:${bytes} bytes) exceeds the limit (${limit} bytes) currently allowed on the link.`,
  );
}
