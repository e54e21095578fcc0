import { DEFAULT_GAP_MS } from './intake/start-intake.ts';
import { DEFAULT_MAX_CHANGE_BYTES } from './log/log-event.ts';
import { DEFAULT_REORDER_WINDOW_MS, DEFAULT_UNKNOWN_MS } from './log/sequencer.ts';

/** How much, how long and how many. */
export interface HubLimits {
  /** Connections of all users together. @defaultValue 10,000 */
  readonly maxConnections: number;
  /** Connections of one user, at each hub. @defaultValue 20 */
  readonly maxConnectionsPerUser: number;
  /** Bytes of one frame, or of one request, of a client. @defaultValue 32,768 */
  readonly maxFrameBytes: number;
  /** Bytes that may wait for a client that reads slowly. @defaultValue 1,048,576 */
  readonly maxBufferedBytes: number;
  /** Larger changes are told without their columns. @defaultValue 65,536 */
  readonly maxChangeBytes: number;
  /** A client hears from the hub at least so often, in milliseconds. @defaultValue 25,000 */
  readonly heartbeatMs: number;
  /** How long a client may take to say who it is, in milliseconds. @defaultValue 10,000 */
  readonly openTimeoutMs: number;
  /** How long a client that is told to go may take to read that, in milliseconds. @defaultValue 5,000 */
  readonly closeTimeoutMs: number;
  /** How long before its token runs out a client is told so, in milliseconds. @defaultValue 60,000 */
  readonly expiryNoticeMs: number;
  /** How long a change waits for older ones of its conversation, in milliseconds. @defaultValue 50 */
  readonly reorderWindowMs: number;
  /** How long a change waits for its conversation to be known. @defaultValue 60,000 */
  readonly unknownMs: number;
  /** How long the subscription may stay unread before changes count as lost. @defaultValue 50,000 */
  readonly gapMs: number;
  /** How long changes stay in the log, in milliseconds. @defaultValue 86,400,000, a day */
  readonly maxAgeMs: number;
  /** How many changes stay in the log. @defaultValue 1,000,000 */
  readonly maxChanges: number;
}

export const DEFAULT_LIMITS: HubLimits = {
  maxConnections: 10_000,
  maxConnectionsPerUser: 20,
  maxFrameBytes: 32_768,
  maxBufferedBytes: 1_048_576,
  maxChangeBytes: DEFAULT_MAX_CHANGE_BYTES,
  heartbeatMs: 25_000,
  openTimeoutMs: 10_000,
  closeTimeoutMs: 5_000,
  expiryNoticeMs: 60_000,
  reorderWindowMs: DEFAULT_REORDER_WINDOW_MS,
  unknownMs: DEFAULT_UNKNOWN_MS,
  gapMs: DEFAULT_GAP_MS,
  maxAgeMs: 86_400_000,
  maxChanges: 1_000_000,
};
