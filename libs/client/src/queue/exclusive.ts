/** The part of the Web Locks API that is used; `navigator.locks`. */
export interface LockManagerPort {
  request(
    name: string,
    options: { readonly signal: AbortSignal },
    callback: () => Promise<void>,
  ): Promise<unknown>;
}

/**
 * Runs work in one tab at a time: in the first that asks, and when that is closed in the next. Where
 * there are no locks (React Native has no tabs) it runs at once.
 *
 * @param work runs until the signal is aborted
 */
export function exclusively(
  locks: LockManagerPort | undefined,
  name: string,
  signal: AbortSignal,
  work: () => Promise<void>,
): void {
  if (!locks) {
    void work();
    return;
  }
  // Rejects when the signal is aborted before it was this tab's turn.
  locks.request(name, { signal }, work).catch((error: unknown) => {
    if (!signal.aborted) {
      // Locks are refused to pages without an origin of their own, which have no other tabs either.
      void work();
      return error;
    }
    return undefined;
  });
}
