import { BrokerError } from '../broker/broker-error.ts';
import type { Namespace } from '../broker/namespace.ts';
import { managementOperations } from './management-operations.ts';
import { wrap, type Request, type Response } from './request-response.ts';
import { statusOf, toWireError } from './wire-error.ts';

/** Carries out a request on `<path>/$management` and makes the answer to it. Never throws. */
export function manage(namespace: Namespace, path: string, request: Request): Response {
  try {
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
