import { z } from 'zod';
import { documentId } from './document-id.ts';
import {
  mirroredConversation,
  mirroredFollow,
  mirroredMessage,
  type MirroredConversation,
  type MirroredFollow,
  type MirroredMessage,
} from './rows.ts';

/** Rows in a page when the request does not say. */
export const DEFAULT_PAGE_LIMIT = 50;
/** Rows in a page at most; a request for more is refused. */
export const MAX_PAGE_LIMIT = 100;

/** The longest cursor that is read; those given out are far shorter. */
const MAX_CURSOR_LENGTH = 4_096;

/** Which end of a list comes first. */
export type PageOrder = 'newest' | 'oldest';

/**
 * A place in a list, given out with each page. It is opaque: it belongs to the caller and the
 * request (all but `limit`) that it was given to and is refused everywhere else. It does not run out,
 * and rows that are written meanwhile neither repeat nor hide others.
 */
export type PageCursor = string;

/** What every request for a page may say. */
export interface PageRequest {
  /** From 1 to `MAX_PAGE_LIMIT`. @defaultValue `DEFAULT_PAGE_LIMIT` */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. @defaultValue the first page */
  readonly cursor?: PageCursor | null | undefined;
}

/** A page of a list. */
export interface Page<Row> {
  /** May be fewer than the limit, also where there are more. */
  readonly rows: readonly Row[];
  /** Where the next page begins; null at the end of the list. */
  readonly nextCursor: PageCursor | null;
}

/** Of `sqlGatewayListMessages`: the messages of a conversation, by `createdAt` and message id. */
export interface ListMessagesRequest extends PageRequest {
  readonly conversationId: string;
  /** @defaultValue newest */
  readonly order?: PageOrder | undefined;
}

/**
 * Of `sqlGatewayListConversations`: those the caller takes part in, the one with the latest activity
 * (`lastMessageAt`, else `updatedAt`) first.
 */
export type ListConversationsRequest = PageRequest;

/**
 * Of `sqlGatewayListFollowers` (who follows the caller) and `sqlGatewayListFollowing` (whom the
 * caller follows), by `createdAt` and user id.
 */
export interface ListFollowsRequest extends PageRequest {
  /** @defaultValue newest */
  readonly order?: PageOrder | undefined;
}

export type MessagePage = Page<MirroredMessage>;
export type ConversationPage = Page<MirroredConversation>;
export type FollowPage = Page<MirroredFollow>;

const order = z.enum(['newest', 'oldest']).optional();
const paging = {
  limit: z.int().min(1).max(MAX_PAGE_LIMIT).optional(),
  cursor: z.string().min(1).max(MAX_CURSOR_LENGTH).nullish(),
};

export const listMessagesRequest: z.ZodType<ListMessagesRequest> = z.strictObject({
  conversationId: documentId,
  order,
  ...paging,
});
export const listConversationsRequest: z.ZodType<ListConversationsRequest> = z.strictObject(paging);
export const listFollowsRequest: z.ZodType<ListFollowsRequest> = z.strictObject({
  order,
  ...paging,
});

function pageOf<Row>(row: z.ZodType<Row>): z.ZodType<Page<Row>> {
  return z.object({ rows: z.array(row), nextCursor: z.string().nullable() });
}

export const messagePage: z.ZodType<MessagePage> = pageOf(mirroredMessage);
export const conversationPage: z.ZodType<ConversationPage> = pageOf(mirroredConversation);
export const followPage: z.ZodType<FollowPage> = pageOf(mirroredFollow);
