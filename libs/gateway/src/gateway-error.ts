import { AynaError } from '@ayna/contract';
import type { GatewayErrorCode, GatewayErrorDetails } from '@ayna/contract/gateway';

/** Why a call fails, as the client is told. The message holds nothing that the client did not know. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: GatewayErrorCode;
  readonly details: GatewayErrorDetails;

  constructor(
    code: GatewayErrorCode,
    message: string,
    details: GatewayErrorDetails = {},
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/**
 * The refusal of what is not the caller's. What is not there is refused in the same words, so that
 * nobody learns from it which ids exist.
 */
export function denied(): GatewayError {
  return new GatewayError('permission-denied', 'this is not yours, or not there');
}

/** The refusal of a request that is wrong in one field; empty for the request as a whole. */
export function invalid(field: string, message: string): GatewayError {
  return new GatewayError('invalid-argument', message, { field });
}

/**
 * What a client is told of a failure: its own mistakes in words, and of a failure of the server only
 * the code of the registry.
 */
export function gatewayErrorOf(failure: unknown): GatewayError {
  if (failure instanceof GatewayError) return failure;
  if (!(failure instanceof AynaError)) {
    return new GatewayError('internal', 'the server failed', {}, { cause: failure });
  }
  const { code } = failure;
  if (failure.heals) {
    const message = 'the server cannot do this now: try again later';
    return new GatewayError('unavailable', message, { code }, { cause: failure });
  }
  if (code === 'ContractViolation' || code === 'SqlRejected') {
    const message = 'the document cannot be mirrored as it is';
    return new GatewayError('failed-precondition', message, { code }, { cause: failure });
  }
  return new GatewayError('internal', 'the server failed', { code }, { cause: failure });
}
