/** The gRPC status codes that Firestore answers with. Source: google/rpc/code.proto. */
export const Code = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
} as const;

export type Code = (typeof Code)[keyof typeof Code];

/** A refusal that reaches the client as the gRPC status `code` with `message` as its details. */
export class FirestoreError extends Error {
  readonly code: Code;

  constructor(code: Code, message: string) {
    super(message);
    this.name = 'FirestoreError';
    this.code = code;
  }
}

export const invalidArgument = (message: string): FirestoreError =>
  new FirestoreError(Code.INVALID_ARGUMENT, message);

export const failedPrecondition = (message: string): FirestoreError =>
  new FirestoreError(Code.FAILED_PRECONDITION, message);

export const aborted = (message: string): FirestoreError =>
  new FirestoreError(Code.ABORTED, message);

/** Any thrown thing as a status; what is not a refusal is a fault of the emulator itself. */
export function toFirestoreError(cause: unknown): FirestoreError {
  if (cause instanceof FirestoreError) return cause;
  return new FirestoreError(Code.INTERNAL, cause instanceof Error ? cause.message : String(cause));
}
