import type { CloseCodes } from '@ayna/contract/realtime';

/** What the client does when a connection has ended. */
export type AfterClose =
  /** The hub is not to blame: connect again after a short pause. */
  | { readonly kind: 'moveOn' }
  /** Connect again after a pause that grows. */
  | { readonly kind: 'backOff' }
  /** Connect again with a fresh token; if that is refused too, stop. */
  | { readonly kind: 'renewToken' }
  /** Connect again after the longest pause, and tell the app. */
  | { readonly kind: 'complain'; readonly issue: 'tooManyConnections' | 'protocolFailed' };

// Named here and checked against the contract by their types: its values come with zod.
export const GOING_AWAY: CloseCodes['going-away'] = 1001;
const INVALID_FRAME: CloseCodes['invalid-frame'] = 1008;
const FRAME_TOO_LARGE: CloseCodes['frame-too-large'] = 1009;
export const UNAUTHENTICATED: CloseCodes['unauthenticated'] = 4401;
const TOKEN_EXPIRED: CloseCodes['token-expired'] = 4402;
const TOO_MANY_CONNECTIONS: CloseCodes['too-many-connections'] = 4429;

/** Decides by the code of the close. A slow consumer, too, backs off and resumes. */
export function afterClose(code: number | undefined): AfterClose {
  switch (code) {
    case GOING_AWAY:
      return { kind: 'moveOn' };
    case UNAUTHENTICATED:
    case TOKEN_EXPIRED:
      return { kind: 'renewToken' };
    case TOO_MANY_CONNECTIONS:
      return { kind: 'complain', issue: 'tooManyConnections' };
    case INVALID_FRAME:
    case FRAME_TOO_LARGE:
      return { kind: 'complain', issue: 'protocolFailed' };
    default:
      return { kind: 'backOff' };
  }
}
