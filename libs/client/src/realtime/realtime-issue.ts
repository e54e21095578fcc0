import type { Channel } from '@ayna/contract/realtime';

/** What an app may show or report. Except where it is said, the client goes on by itself. */
export type RealtimeIssue =
  /**
   * The hub refuses a fresh token too, or the token is another user's. The client has stopped: call
   * `retryNow` when the user has signed in again.
   */
  | { readonly kind: 'unauthenticated' }
  /** The token callback rejected; it is asked again after a pause. */
  | { readonly kind: 'tokenFailed'; readonly error: unknown }
  /** The user does not take part in that conversation; it is no longer asked for. */
  | { readonly kind: 'channelRefused'; readonly channel: Channel }
  /** The user has as many connections as one may have. */
  | { readonly kind: 'tooManyConnections'; readonly code?: number }
  /** The hub and the client do not understand each other: a bug, or a version too old. */
  | { readonly kind: 'protocolFailed'; readonly code?: number; readonly error?: unknown }
  /** Three attempts in a row came to nothing. */
  | { readonly kind: 'unreachable' }
  /** A callback of the app threw or rejected. A change counts as delivered, a reset comes again. */
  | { readonly kind: 'handlerFailed'; readonly error: unknown }
  /** The cursor cannot be kept on this device; it lives as long as the app. */
  | { readonly kind: 'storageFailed'; readonly error: unknown };

/** Must not throw. */
export type RealtimeIssueListener = (issue: RealtimeIssue) => void;
