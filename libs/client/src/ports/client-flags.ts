/** What is switched over on its own: direct messages, and the follow graph. */
export type Feature = 'dm' | 'follow';

/**
 * Where reads come from.
 *
 * - `A`: Firestore; SQL is polled and compared.
 * - `B`: SQL, with Firestore to fall back on.
 * - `C`: SQL only.
 */
export type ReadPhase = 'A' | 'B' | 'C';

/** The flags that the client obeys; `openFeatureFlags` of `@ayna/flags/web` gives them. */
export interface ClientFlags {
  /** Whether a write to Firestore is followed by a call of the gateway. */
  doubleWrite(feature: Feature): boolean;
  readPhase(feature: Feature): ReadPhase;
  /** Calls back when a flag may have another value; returns what ends that. */
  subscribe(onChange: () => void): () => void;
}
