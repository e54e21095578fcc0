import { randomUUID } from 'node:crypto';
import { BrokerError } from '../broker/broker-error.ts';
import type { Namespace } from '../broker/namespace.ts';
import type { Durably } from './amqp-services.ts';
import { acceptMessage, splitBatch } from './encoded-message.ts';
import { assertSize } from './message-size.ts';
import { ACCEPTED, rejected } from './outcomes.ts';
import type { IncomingDelivery } from './rhea-internals.ts';
import { toWireError } from './wire-error.ts';

/** The message format of a batch: each data section is a message. */
const BATCH_FORMAT = 0x8001_3700;

/** Takes messages from a client's sender: answers when they are on disk, or says why not. */
export function receiveMessages(
  namespace: Namespace,
  path: string,
  bytes: Buffer,
  delivery: IncomingDelivery,
  maxMessageBytes: number,
  durably: Durably,
): void {
  try {
    assertSize(bytes.length, maxMessageBytes);
    const parts = delivery.format === BATCH_FORMAT ? splitBatch(bytes) : [bytes];
    namespace.send(
      path,
      parts.map((part) => acceptMessage(part, randomUUID)),
    );
  } catch (error) {
    if (error instanceof BrokerError && error.code !== 'decode-error') {
      delivery.update(true, rejected(toWireError(error)));
      return;
    }
    throw error;
  }
  durably(() => {
    delivery.update(true, ACCEPTED);
  });
}
