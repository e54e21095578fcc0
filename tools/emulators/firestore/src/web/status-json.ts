import { status } from '@grpc/grpc-js';

const HTTP_STATUS: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** A refusal as Google's services write it for the web. */
export function statusJson(error: unknown): {
  error: { code: number; status: string; message: string };
} {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  const name = typeof code === 'number' ? (status[code] ?? 'INTERNAL') : 'INVALID_ARGUMENT';
  const details = error instanceof Error && 'details' in error ? error.details : undefined;
  const message =
    typeof details === 'string' ? details : error instanceof Error ? error.message : String(error);
  return { error: { code: HTTP_STATUS[name] ?? 500, status: name, message } };
}
