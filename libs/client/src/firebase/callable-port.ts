import type { GatewayCalls, GatewayErrorCode, GatewayErrorDetails } from '@ayna/contract/gateway';
import { httpsCallable, type Functions } from 'firebase/functions';
import { CallableError, type CallableName, type CallablePort } from '../ports/callable-port.ts';

/** How long an answer may take, in milliseconds. */
export const DEFAULT_CALL_TIMEOUT_MS = 10_000;

/** The gateway by Firebase's web SDK, which also runs in React Native. */
export function callablePort(
  functions: Functions,
  timeoutMs: number = DEFAULT_CALL_TIMEOUT_MS,
): CallablePort {
  return {
    call: async <Name extends CallableName>(name: Name, request: GatewayCalls[Name]['request']) => {
      const callable = httpsCallable<unknown, GatewayCalls[Name]['response']>(functions, name, {
        timeout: timeoutMs,
      });
      try {
        return (await callable(request)).data;
      } catch (error) {
        throw callableError(name, error);
      }
    },
  };
}

const CODES: readonly GatewayErrorCode[] = [
  'unauthenticated',
  'permission-denied',
  'invalid-argument',
  'resource-exhausted',
  'failed-precondition',
];

/**
 * An answer of the gateway has a code of its own. All else (no network, a time-out, an instance that
 * was stopped, which Firebase calls `internal`) may be over at the next attempt.
 */
function callableError(name: string, error: unknown): CallableError {
  const written = error instanceof Error && 'code' in error ? String(error.code) : '';
  const code = CODES.find((one) => written === `functions/${one}`) ?? 'unavailable';
  const message = error instanceof Error ? error.message : String(error);
  const details = error instanceof Error && 'details' in error ? error.details : undefined;
  const { retryAfterMs } = (details ?? {}) as GatewayErrorDetails;
  return new CallableError(code, `${name}: ${message}`, retryAfterMs);
}
