import { z } from 'zod';
import type { CanonicalJson } from '../values/canonical-json.ts';

/**
 * A live row of the mirror as clients read it: key and fields by their names in Firestore, null for
 * what the document does not have. Timestamps are RFC 3339 in UTC with six digits of fraction, JSON
 * is canonical (`encodeValue`).
 */
export interface MirroredRow {
  /** The version of the document, as decimal text: its update time in microseconds since 1970. */
  readonly sourceVersion: string;
}

/** A row of `dm.conversation`. */
export interface MirroredConversation extends MirroredRow {
  readonly conversationId: string;
  readonly ownerId: string | null;
  readonly peerIds: CanonicalJson;
  readonly lastMessageAt: string | null;
  readonly lastMessagePreview: string | null;
  readonly lastMessageAuthorId: string | null;
  readonly updatedAt: string | null;
}

/** A row of `dm.message`. */
export interface MirroredMessage extends MirroredRow {
  readonly conversationId: string;
  readonly messageId: string;
  readonly authorId: string | null;
  readonly body: string | null;
  readonly media: CanonicalJson;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
}

/** A row of `follow.edge`: `userId` follows `targetId`. */
export interface MirroredFollow extends MirroredRow {
  readonly userId: string;
  readonly targetId: string;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly edgeType: string | null;
}

const text = z.string().nullable();
const instant = z.iso.datetime({ precision: 6 }).nullable();
const sourceVersion = z.string().regex(/^\d{1,19}$/);
const json: z.ZodType<CanonicalJson> = z.json();

export const mirroredConversation = z.object({
  conversationId: z.string(),
  ownerId: text,
  peerIds: json,
  lastMessageAt: instant,
  lastMessagePreview: text,
  lastMessageAuthorId: text,
  updatedAt: instant,
  sourceVersion,
}) satisfies z.ZodType<MirroredConversation>;

export const mirroredMessage = z.object({
  conversationId: z.string(),
  messageId: z.string(),
  authorId: text,
  body: text,
  media: json,
  createdAt: instant,
  updatedAt: instant,
  sourceVersion,
}) satisfies z.ZodType<MirroredMessage>;

export const mirroredFollow = z.object({
  userId: z.string(),
  targetId: z.string(),
  createdAt: instant,
  updatedAt: instant,
  edgeType: text,
  sourceVersion,
}) satisfies z.ZodType<MirroredFollow>;
