import { z } from 'zod';
import { operations } from '../entity.ts';
import type { ColumnValue } from '../row.ts';
import {
  REALTIME_PROTOCOL,
  type Channel,
  type ChangesRequest,
  type ClientFrame,
  type ServerFrame,
} from './frames.ts';

/** Firestore's longest id, in bytes; characters are never more. */
const MAX_ID = 1_500;
/** How many channels one connection may listen to; whoever wants more listens to `me`. */
export const MAX_CHANNELS = 100;
const MAX_TOKEN = 16_384;

const channel = z.custom<Channel>(
  (value) =>
    value === 'me' ||
    (typeof value === 'string' &&
      value.startsWith('conversation:') &&
      value.length > 'conversation:'.length &&
      value.length <= MAX_ID + 'conversation:'.length &&
      !value.includes('\0') &&
      value.isWellFormed()),
  { error: 'expected "me" or "conversation:ID"' },
);
const channels = z.array(channel).min(1).max(MAX_CHANNELS);
const token = z.string().min(1).max(MAX_TOKEN);
const cursor = z.string().min(1).max(64);
const protocol = z.literal(REALTIME_PROTOCOL);

/** What a client may send. */
export const clientFrameSchema: z.ZodType<ClientFrame> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('open'),
    protocol,
    token,
    channels,
    cursor: cursor.optional(),
  }),
  z.strictObject({ type: z.literal('subscribe'), channels }),
  z.strictObject({ type: z.literal('unsubscribe'), channels }),
  z.strictObject({ type: z.literal('renew'), token }),
]);

/** What a client may post to `/realtime/changes`. */
export const changesRequestSchema: z.ZodType<ChangesRequest> = z.strictObject({ channels, cursor });

const time = z.iso.datetime();
const column = z.json() as z.ZodType<ColumnValue>;

/** What the hub sends. Clients of this version skip frames of a type that they do not know. */
export const serverFrameSchema: z.ZodType<ServerFrame> = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('opened'),
    protocol,
    userId: z.string(),
    cursor,
    heartbeatMs: z.int().positive(),
    expiresAt: time,
  }),
  z.object({
    type: z.literal('change'),
    cursor,
    entity: z.string(),
    operation: z.enum(operations),
    key: z.record(z.string(), z.string()),
    version: z.string().regex(/^\d+$/),
    columns: z.record(z.string(), column).nullable(),
    omitted: z.boolean(),
    late: z.boolean(),
  }),
  z.object({ type: z.literal('removed'), cursor, conversationId: z.string() }),
  z.object({ type: z.literal('reset'), cursor, reason: z.enum(['expired', 'unknown']) }),
  z.object({ type: z.literal('live'), cursor }),
  z.object({ type: z.literal('heartbeat'), cursor }),
  z.object({ type: z.literal('channels'), cursor, channels: z.array(channel) }),
  z.object({ type: z.literal('refused'), channel, reason: z.literal('permission-denied') }),
  z.object({ type: z.literal('expiring'), expiresAt: time }),
  z.object({ type: z.literal('renewed'), expiresAt: time }),
  z.object({ type: z.literal('going-away'), cursor, retryAfterMs: z.int().nonnegative() }),
]);
