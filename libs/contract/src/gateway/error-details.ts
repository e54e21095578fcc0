import { z } from 'zod';
import { errorRegistry, type ErrorCode } from '../errors.ts';

/**
 * The codes with which a callable fails, as Firebase's SDKs show them (there with `functions/` in
 * front).
 *
 * - `unauthenticated`: no user, a token that has run out or is forged, or no valid App Check token;
 * - `permission-denied`: not the caller's, or not there at all: the two cannot be told apart;
 * - `invalid-argument`: `details.field` names what is wrong in the request;
 * - `resource-exhausted`: too many calls; `details.retryAfterMs` says when the next may come;
 * - `failed-precondition`: the document itself cannot be mirrored; calling again does not help;
 * - `unavailable`: a database is away; the same call may succeed later;
 * - `internal`: somebody has to mend the server first.
 */
export type GatewayErrorCode =
  | 'unauthenticated'
  | 'permission-denied'
  | 'invalid-argument'
  | 'resource-exhausted'
  | 'failed-precondition'
  | 'unavailable'
  | 'internal';

/** The `details` of an error. */
export interface GatewayErrorDetails {
  /** What failed on the server, by the registry of errors. */
  readonly code?: ErrorCode | undefined;
  /** Of `invalid-argument`: the field of the request; empty for the request as a whole. */
  readonly field?: string | undefined;
  /** Of `resource-exhausted`: milliseconds until a call is taken again. */
  readonly retryAfterMs?: number | undefined;
}

const codes = Object.keys(errorRegistry) as ErrorCode[];

export const gatewayErrorDetails: z.ZodType<GatewayErrorDetails> = z.object({
  code: z.enum(codes).optional(),
  field: z.string().optional(),
  retryAfterMs: z.number().min(0).optional(),
});
