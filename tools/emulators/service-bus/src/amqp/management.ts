import { BrokerError } from '../broker/broker-error.ts';
import type { AmqpServices } from './amqp-services.ts';
import { managementOperations } from './management-operations.ts';
import { assertSize, largestMessageBytes } from './message-size.ts';
import { wrap, type Request, type Response } from './request-response.ts';
import { statusOf, toWireError } from './wire-error.ts';

/** Carries out a request of so many bytes on `<path>/$management` and makes the answer to it. Never throws. */
export function manage(
  services: AmqpServices,
  path: string,
  request: Request,
  bytes: number,
): Response {
  const { namespace } = services;
  try {
    assertSize(bytes, largestMessageBytes(services, path));
    const operation = managementOperations[request.operation];
    if (!operation) {
      throw new BrokerError('not-implemented', `Unknown operation '${request.operation}'.`);
    }
    const body = operation({ namespace, path, linkName: request.linkName }, request.body);
    return {
      applicationProperties: {
        statusCode: wrap.wrap_int(body === undefined ? 204 : 200),
        statusDescription: 'OK',
      },
      body: body ?? null,
    };
  } catch (error) {
    const { condition, description } = toWireError(error);
    return {
      applicationProperties: {
        statusCode: wrap.wrap_int(statusOf(error)),
        statusDescription: description ?? '',
        errorCondition: condition,
      },
    };
  }
}
