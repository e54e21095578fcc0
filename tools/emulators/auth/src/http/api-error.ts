/** An answer of refusal, in the form of Google's REST APIs. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly httpStatus: number;
  /** The canonical name, such as `INVALID_ARGUMENT`; Auth's own codes stand in the message. */
  readonly status: string | undefined;
  readonly reason: string;

  constructor(httpStatus: number, message: string, reason: string, status?: string) {
    super(message);
    this.httpStatus = httpStatus;
    this.status = status;
    this.reason = reason;
  }

  toJSON(): object {
    const { httpStatus: code, message, reason, status } = this;
    return {
      error: { code, message, errors: [{ message, domain: 'global', reason }], status },
    };
  }
}

/** A code of Auth, which clients read from the message: `EMAIL_EXISTS`, or `CODE : detail`. */
export function refusal(code: string, detail?: string): ApiError {
  return new ApiError(400, detail === undefined ? code : `${code} : ${detail}`, 'invalid');
}

/** Refuses with a code of Auth unless the condition holds. */
export function demand(condition: unknown, code: string, detail?: string): asserts condition {
  if (!condition) throw refusal(code, detail);
}

export function invalidArgument(message: string): ApiError {
  return new ApiError(400, message, 'invalid', 'INVALID_ARGUMENT');
}

export function notImplemented(what: string): ApiError {
  return new ApiError(
    501,
    `${what} is not part of this emulator.`,
    'unimplemented',
    'UNIMPLEMENTED',
  );
}
