import type { Operation } from '../entity.ts';
import type { Columns } from '../row.ts';

/**
 * What travels between a client and the hub, one JSON object a WebSocket text frame.
 *
 * - A **cursor** is a place in the hub's log of changes, as opaque text. Whoever has processed
 *   everything up to a frame that carries a cursor may resume there: keep the newest one.
 * - A **channel** is what a client listens to. `me`: every conversation that the user takes part in,
 *   and the follow edges that the user owns. `conversation:ID`: one conversation.
 *
 * The client's first frame is `open`. The hub answers with `opened`, then the changes since the
 * cursor, if one was given and can be resumed (`reset` otherwise), then `live`; from then on changes
 * come as they happen.
 */
export const REALTIME_PROTOCOL = 1;

export type Channel = 'me' | `conversation:${string}`;

/** The first frame: who the client is, what it listens to, and where it left off. */
export interface OpenFrame {
  readonly type: 'open';
  readonly protocol: typeof REALTIME_PROTOCOL;
  /** A Firebase ID token. It never travels in the URL. */
  readonly token: string;
  readonly channels: readonly Channel[];
  /** Resume after this place; without it, changes begin now. */
  readonly cursor?: string | undefined;
}

/** Listen to more; changes of what is new begin now. Answered by `channels`. */
export interface SubscribeFrame {
  readonly type: 'subscribe';
  readonly channels: readonly Channel[];
}

/** Listen to less. Answered by `channels`. */
export interface UnsubscribeFrame {
  readonly type: 'unsubscribe';
  readonly channels: readonly Channel[];
}

/** A fresh token of the same user, before the last one runs out. Answered by `renewed`. */
export interface RenewFrame {
  readonly type: 'renew';
  readonly token: string;
}

export type ClientFrame = OpenFrame | SubscribeFrame | UnsubscribeFrame | RenewFrame;

/** The token was good. `cursor` is where the connection starts. */
export interface OpenedFrame {
  readonly type: 'opened';
  readonly protocol: typeof REALTIME_PROTOCOL;
  readonly userId: string;
  readonly cursor: string;
  /** A frame comes at least this often, in milliseconds; after twice that the connection is dead. */
  readonly heartbeatMs: number;
  /** When the token runs out: RFC 3339. */
  readonly expiresAt: string;
}

/** One change of one document, sent once. */
export interface ChangeFrame {
  readonly type: 'change';
  readonly cursor: string;
  /** `dm.message`, `dm.conversation` or `follow.edge`. */
  readonly entity: string;
  readonly operation: Operation;
  /** The identity fields: `conversationId`, `messageId`, ... */
  readonly key: Readonly<Record<string, string>>;
  /** The document's version: its commit in microseconds, decimal. Newer is larger (as a bigint). */
  readonly version: string;
  /** The mirrored fields, as reads through the gateway give them; null when the document is gone. */
  readonly columns: Columns | null;
  /** True when `columns` is null because it is too large to push: read it through the gateway. */
  readonly omitted: boolean;
  /**
   * True when a change of the same conversation with a newer version was sent before: it reached the
   * hub later than the hub waits for stragglers. Everything else of a conversation comes in the
   * order of versions.
   */
  readonly late: boolean;
}

/** The user has left (or was taken out of) a conversation: nothing of it comes after this. */
export interface RemovedFrame {
  readonly type: 'removed';
  readonly cursor: string;
  readonly conversationId: string;
}

/**
 * The cursor cannot be resumed: `expired`, the log does not reach back so far; `unknown`, it is not
 * of this log. Read the state through the gateway, then go on from the cursor in this frame.
 */
export interface ResetFrame {
  readonly type: 'reset';
  readonly cursor: string;
  readonly reason: 'expired' | 'unknown';
}

/** Everything up to here has been sent; from now on changes come as they happen. */
export interface LiveFrame {
  readonly type: 'live';
  readonly cursor: string;
}

/** Sent when nothing else was for a while; moves the cursor on. */
export interface HeartbeatFrame {
  readonly type: 'heartbeat';
  readonly cursor: string;
}

/** What is listened to now. Changes of what is new come after `cursor`. */
export interface ChannelsFrame {
  readonly type: 'channels';
  readonly cursor: string;
  readonly channels: readonly Channel[];
}

/** The user does not take part in that conversation, or it does not exist: which, is not told. */
export interface RefusedFrame {
  readonly type: 'refused';
  readonly channel: Channel;
  readonly reason: 'permission-denied';
}

/** The token runs out soon: send `renew`, or the connection is closed with `token-expired`. */
export interface ExpiringFrame {
  readonly type: 'expiring';
  readonly expiresAt: string;
}

/** The new token was good. */
export interface RenewedFrame {
  readonly type: 'renewed';
  readonly expiresAt: string;
}

/** The hub stops: connect again after the pause, with this cursor. The close comes right after. */
export interface GoingAwayFrame {
  readonly type: 'going-away';
  readonly cursor: string;
  readonly retryAfterMs: number;
}

export type ServerFrame =
  | OpenedFrame
  | ChangeFrame
  | RemovedFrame
  | ResetFrame
  | LiveFrame
  | HeartbeatFrame
  | ChannelsFrame
  | RefusedFrame
  | ExpiringFrame
  | RenewedFrame
  | GoingAwayFrame;

/**
 * What `POST /realtime/negotiate` answers to a request with `Authorization: Bearer ID_TOKEN`.
 *
 * - `websocket`: connect to `url` and send `open`.
 * - `webpubsub`: connect to `url` (it holds an access token) with the subprotocol
 *   `json.webpubsub.azure.v1`; what arrives in the groups are `change` and `removed` frames. There is
 *   no `open`: after connecting, and after each reconnect, ask `POST /realtime/changes` for what came
 *   since the cursor, and skip pushed frames whose change is already known by entity, key and version.
 */
export interface NegotiateResponse {
  readonly transport: 'websocket' | 'webpubsub';
  readonly url: string;
  /** Where the log ends now. */
  readonly cursor: string;
  /** When `url` can no longer be used to connect: RFC 3339; null when it always can. */
  readonly expiresAt: string | null;
}

/** The body of `POST /realtime/changes`, with `Authorization: Bearer ID_TOKEN`. */
export interface ChangesRequest {
  readonly channels: readonly Channel[];
  readonly cursor: string;
}

/** A page of what came since a cursor. Ask again with `cursor` while `more` is true. */
export interface ChangesResponse {
  readonly frames: readonly (ChangeFrame | RemovedFrame | ResetFrame)[];
  readonly cursor: string;
  readonly more: boolean;
}
