import type {
  MirroredConversation,
  MirroredFollow,
  MirroredMessage,
  PageOrder,
} from '@ayna/contract/gateway';

/** A place in a list: that of a row, whether or not the row is still there. */
export interface ListPosition {
  /** What the list is ordered by: RFC 3339 in UTC with six digits of fraction. */
  readonly at: string;
  /** The id that tells rows of one instant apart; their order is bytewise. */
  readonly id: string;
}

export interface ListOptions {
  /** Rows at most, from 1 on. */
  readonly limit: number;
  /**
   * No more rows than fit into that many bytes of JSON, but one in any case. @defaultValue no limit
   */
  readonly maxBytes?: number | undefined;
  /** Only what comes behind this place. @defaultValue from the beginning */
  readonly after?: ListPosition | undefined;
}

export interface OrderedListOptions extends ListOptions {
  /** @defaultValue newest */
  readonly order?: PageOrder | undefined;
}

/** A part of a list. */
export interface ListedRows<Row> {
  readonly rows: readonly Row[];
  /** Where the next part begins; null when this one ends the list. */
  readonly next: ListPosition | null;
}

/**
 * What clients see of the mirror: live rows only, by page.
 *
 * Each part takes one statement, and going on from `next` costs the same wherever it is. A row that
 * is written between two parts is seen when its place is still ahead; no other row is repeated or
 * left out for it. A row without the time that its list is ordered by stands where the year 1 is.
 *
 * Nothing here asks whether somebody may see a row: whoever calls it has to know.
 *
 * Every method rejects with an `AynaError`, as those of `MirrorStore` do.
 */
export interface MirrorReads {
  /** The messages of a conversation, by `createdAt` and message id. */
  messages(
    conversationId: string,
    options: OrderedListOptions,
  ): Promise<ListedRows<MirroredMessage>>;

  /**
   * The conversations of which a user is the owner or among the peers, by `lastMessageAt` (else
   * `updatedAt`) and conversation id, the latest first.
   */
  conversations(userId: string, options: ListOptions): Promise<ListedRows<MirroredConversation>>;

  /** Who follows a user, by `createdAt` and the id of who follows. */
  followers(userId: string, options: OrderedListOptions): Promise<ListedRows<MirroredFollow>>;

  /** Whom a user follows, by `createdAt` and the id of who is followed. */
  following(userId: string, options: OrderedListOptions): Promise<ListedRows<MirroredFollow>>;
}
