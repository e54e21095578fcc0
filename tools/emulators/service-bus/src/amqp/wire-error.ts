import { BrokerError, type BrokerErrorCode } from '../broker/broker-error.ts';
import type { WireError } from './rhea-internals.ts';

/** What an error is called on a link, and which status it has in a management response. */
interface WireName {
  readonly condition: string;
  readonly status: number;
}

/** From "AMQP 1.0 in Azure Service Bus: error codes" and what `@azure/core-amqp` translates back. */
const NAMES: Readonly<Record<BrokerErrorCode, WireName>> = {
  'already-exists': { condition: 'com.microsoft:entity-already-exists', status: 409 },
  'decode-error': { condition: 'amqp:decode-error', status: 400 },
  'entity-disabled': { condition: 'com.microsoft:entity-disabled', status: 403 },
  'invalid-argument': { condition: 'com.microsoft:argument-error', status: 400 },
  'message-lock-lost': { condition: 'com.microsoft:message-lock-lost', status: 410 },
  'message-not-found': { condition: 'com.microsoft:message-not-found', status: 404 },
  'not-allowed': { condition: 'amqp:not-allowed', status: 400 },
  'not-found': { condition: 'amqp:not-found', status: 404 },
  'not-implemented': { condition: 'amqp:not-implemented', status: 501 },
  'quota-exceeded': { condition: 'amqp:resource-limit-exceeded', status: 403 },
  'session-cannot-be-locked': { condition: 'com.microsoft:session-cannot-be-locked', status: 410 },
  'session-lock-lost': { condition: 'com.microsoft:session-lock-lost', status: 410 },
  'size-exceeded': { condition: 'amqp:link:message-size-exceeded', status: 403 },
  timeout: { condition: 'com.microsoft:timeout', status: 408 },
  unauthorized: { condition: 'amqp:unauthorized-access', status: 401 },
};

const INTERNAL: WireName = { condition: 'amqp:internal-error', status: 500 };

function nameOf(error: unknown): WireName {
  return error instanceof BrokerError ? NAMES[error.code] : INTERNAL;
}

/** An error as a link or a disposition carries it. */
export function toWireError(error: unknown): WireError {
  return { condition: nameOf(error).condition, description: descriptionOf(error) };
}

/** The status of a management response that reports an error. */
export function statusOf(error: unknown): number {
  return nameOf(error).status;
}

function descriptionOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
