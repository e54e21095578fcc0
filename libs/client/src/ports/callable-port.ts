import type { GatewayCalls, GatewayErrorCode } from '@ayna/contract/gateway';

export type CallableName = keyof GatewayCalls;

/** Calls the gateway; `callablePort` of `@ayna/client/firebase` does it with Firebase's SDK. */
export interface CallablePort {
  /** Rejects with a `CallableError`. Must end by itself, also when no answer comes. */
  call<Name extends CallableName>(
    name: Name,
    request: GatewayCalls[Name]['request'],
  ): Promise<GatewayCalls[Name]['response']>;
}

/** A call of the gateway that failed; a network that is away is `unavailable`. */
export class CallableError extends Error {
  override readonly name = 'CallableError';
  readonly code: GatewayErrorCode;
  /** The server's wish when to come again, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(code: GatewayErrorCode, message: string, retryAfterMs?: number) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  /** True when the same call will fail for ever. */
  get isFinal(): boolean {
    return FINAL.includes(this.code);
  }
}

const FINAL: readonly GatewayErrorCode[] = [
  'permission-denied',
  'invalid-argument',
  'failed-precondition',
];
