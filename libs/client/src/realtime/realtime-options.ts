import type { ChangeFrame, Channel, ResetFrame } from '@ayna/contract/realtime';
import type { Clock } from '../ports/clock.ts';
import type { KeyValueStorage } from '../ports/key-value-storage.ts';
import type { Backoff } from '../queue/backoff.ts';
import type { RealtimeIssueListener } from './realtime-issue.ts';
import type { WebSocketConstructor } from './web-socket-port.ts';

/** How long a client waits. */
export interface RealtimeLimits extends Backoff {
  /** How long a hub may take to let the client in, in milliseconds. */
  readonly openTimeoutMs: number;
  /**
   * How many frames may wait for a callback of the app. Beyond, the connection is given up and
   * resumed when they are done, so that memory is bounded.
   */
  readonly maxWaiting: number;
}

/** Half a second to half a minute between attempts. */
export const DEFAULT_REALTIME_LIMITS: RealtimeLimits = {
  baseMs: 500,
  maxMs: 30_000,
  openTimeoutMs: 20_000,
  maxWaiting: 5_000,
};

/**
 * - `idle`: there is no channel to listen to.
 * - `connecting`: a token is fetched, the connection made, and what was missed delivered.
 * - `live`: changes come as they happen.
 * - `waiting`: the connection was lost; the next attempt comes after a pause.
 * - `stopped`: the hub does not take the user's token; `retryNow` begins again.
 * - `closed`: for good.
 */
export type RealtimeStatus = 'idle' | 'connecting' | 'live' | 'waiting' | 'stopped' | 'closed';

/** Changes may be missing: `new`, nothing was listened to before; otherwise as the hub says. */
export interface RealtimeReset {
  readonly reason: 'new' | ResetFrame['reason'];
}

export interface RealtimeClientOptions {
  /** The user who is signed in. Close the client and make another one when that changes. */
  readonly userId: string;
  /** Of the hub: `wss://HOST/realtime`. */
  readonly url: string;
  /**
   * The user's Firebase ID token, asked for at each connection and before it runs out. Must end by
   * itself.
   *
   * @param forceRefresh true when the last one was refused or runs out
   * @example (forceRefresh) => user.getIdToken(forceRefresh)
   */
  readonly token: (forceRefresh: boolean) => Promise<string>;
  /** Where the cursor lives; the tabs of a browser may share it. */
  readonly storage: KeyValueStorage;
  /** What is listened to from the beginning. @defaultValue `me`: all that is the user's */
  readonly channels?: readonly Channel[];
  /**
   * Told each change, one after the other: the next comes when what it returns has resolved, and only
   * then the cursor moves on. What it throws is told as an issue, and the change is not repeated.
   */
  readonly onChange: (change: ChangeFrame) => Promise<void> | void;
  /**
   * Reads the state anew, through the gateway. Changes after it come when it has resolved; when it
   * rejects, it is called again after a pause. Versions say what is newer, the state or a change.
   */
  readonly onReset: (reset: RealtimeReset) => Promise<void> | void;
  /** The user has left a conversation, or was taken out. @defaultValue nobody is told */
  readonly onRemoved?: (conversationId: string) => Promise<void> | void;
  /** For a sign that says whether one is connected. @defaultValue nobody is told */
  readonly onStatus?: (status: RealtimeStatus) => void;
  /** @defaultValue nobody is told */
  readonly onIssue?: RealtimeIssueListener;
  readonly limits?: Partial<RealtimeLimits>;
  /** @defaultValue globalThis.WebSocket */
  readonly WebSocket?: WebSocketConstructor;
  readonly clock?: Clock;
  /** From 0 to 1. @defaultValue Math.random */
  readonly random?: () => number;
}
