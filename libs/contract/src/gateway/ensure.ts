import { z } from 'zod';
import type { Outcome } from '../mirror-change.ts';
import { documentId } from './document-id.ts';

/** What every request to ensure a document may say beside its ids. Content is never among it. */
export interface EnsureTiming {
  /**
   * When Firestore acknowledged the write to the client, in milliseconds since 1970 by the client's
   * clock. Only measured, never trusted.
   */
  readonly writtenAtMs?: number | undefined;
}

/** Of `sqlGatewayEnsureConversation`. */
export interface EnsureConversationRequest extends EnsureTiming {
  readonly conversationId: string;
}

/** Of `sqlGatewayEnsureMessage`. */
export interface EnsureMessageRequest extends EnsureTiming {
  readonly conversationId: string;
  readonly messageId: string;
}

/** Of `sqlGatewayEnsureFollow`. */
export interface EnsureFollowRequest extends EnsureTiming {
  /** Who follows: the caller. A write that was queued for somebody else is refused. */
  readonly userId: string;
  readonly targetId: string;
}

/**
 * What became of a document that was ensured. Whatever it says, SQL holds the document's state at
 * the time of the call, or a newer one:
 *
 * - `applied`: this call wrote it;
 * - `duplicate`: it was there already;
 * - `stale`: SQL held a newer state;
 * - `absent`: there is neither a document nor a row, so there was nothing to write.
 */
export type EnsureOutcome = Outcome | 'absent';

export interface EnsureResponse {
  readonly outcome: EnsureOutcome;
  /** Whether Firestore had the document at the time of the call. */
  readonly exists: boolean;
  /**
   * The version that was ensured, as decimal text: the document's update time in microseconds, or
   * the time at which it was seen to be gone.
   */
  readonly sourceVersion: string;
  /**
   * Milliseconds from the commit of the document to its commit in SQL, by the clocks of the servers;
   * null unless this call wrote a document.
   */
  readonly latencyMs: number | null;
}

const timing = { writtenAtMs: z.int().min(0).optional() };

export const ensureConversationRequest: z.ZodType<EnsureConversationRequest> = z.strictObject({
  conversationId: documentId,
  ...timing,
});

export const ensureMessageRequest: z.ZodType<EnsureMessageRequest> = z.strictObject({
  conversationId: documentId,
  messageId: documentId,
  ...timing,
});

export const ensureFollowRequest: z.ZodType<EnsureFollowRequest> = z.strictObject({
  userId: documentId,
  targetId: documentId,
  ...timing,
});

export const ensureResponse: z.ZodType<EnsureResponse> = z.object({
  outcome: z.enum(['applied', 'stale', 'duplicate', 'absent']),
  exists: z.boolean(),
  sourceVersion: z.string().regex(/^\d{1,19}$/),
  latencyMs: z.number().nullable(),
});
