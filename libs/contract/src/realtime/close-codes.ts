/**
 * Why the hub closes a WebSocket. The name of the code is the reason that goes with it; what a
 * client does about it is said here. Codes below 4000 are those of the WebSocket protocol.
 */
export const closeCodes = {
  /** The hub stops, or the load is moved: connect again with the cursor, after a short pause. */
  'going-away': 1001,
  /** A frame that is no frame of the protocol, or too many before the hub could answer: a bug. */
  'invalid-frame': 1008,
  /** A frame larger than the hub takes: a bug. */
  'frame-too-large': 1009,
  /** Something failed in the hub: connect again with the cursor, after a pause that grows. */
  'hub-failed': 1011,
  /** No token, or one that is not valid: get a fresh one from Firebase, then connect again. */
  unauthenticated: 4401,
  /** The token ran out and no `renew` came in time: the same. */
  'token-expired': 4402,
  /** The user has as many connections as one may have: close others. */
  'too-many-connections': 4429,
  /** The client reads more slowly than changes come: connect again with the cursor. */
  'slow-consumer': 4408,
  /** No `open` came in time after the connection. */
  'open-timeout': 4400,
} as const;

export type CloseReason = keyof typeof closeCodes;
export type CloseCodes = typeof closeCodes;
