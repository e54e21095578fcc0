import type { Feature, ReadPhase } from './ports/client-flags.ts';

/**
 * What an app may show (a toast that blocks nothing) or report (Crashlytics). Nothing needs doing:
 * the client goes on by itself.
 */
export type ClientIssue =
  /** A write is in Firestore, but not yet in SQL; it is retried in the background. */
  | { readonly kind: 'writeDelayed'; readonly call: string; readonly error: unknown }
  /** The client gives a write up; the trigger and the nightly check still bring it to SQL. */
  | { readonly kind: 'writeDropped'; readonly call: string; readonly reason: DropReason }
  /** The retry queue cannot be kept on this device; what is in it lives as long as the app. */
  | { readonly kind: 'storageFailed'; readonly error: unknown }
  /** A list could not be read; what was read last is still shown. */
  | { readonly kind: 'readFailed'; readonly source: 'firestore' | 'sql'; readonly error: unknown }
  /** SQL and Firestore have differed for longer than a change may take. */
  | { readonly kind: 'drift'; readonly feature: Feature; readonly keys: readonly string[] }
  /** Reads fell back to a lower phase, or recovered. */
  | {
      readonly kind: 'phaseChanged';
      readonly feature: Feature;
      readonly from: ReadPhase;
      readonly to: ReadPhase;
      readonly reason: PhaseReason;
    };

export type DropReason = 'refused' | 'tooOld' | 'tooManyAttempts' | 'queueFull' | 'unreadable';
export type PhaseReason = 'flag' | 'latency' | 'drift' | 'failures' | 'recovered';

/** Must not throw; an issue is told at most once for each thing that happens. */
export type IssueListener = (issue: ClientIssue) => void;
