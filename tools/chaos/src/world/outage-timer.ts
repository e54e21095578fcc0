/** Adds up how long something was away. */
export interface OutageTimer {
  begin(): void;
  end(): void;
  /** Outages that are not over count too. */
  seconds(): number;
}

export function outageTimer(): OutageTimer {
  let totalMs = 0;
  let since: number | undefined;
  const current = () => (since === undefined ? 0 : performance.now() - since);
  return {
    begin: () => void (since ??= performance.now()),
    end: () => {
      totalMs += current();
      since = undefined;
    },
    seconds: () => Math.round((totalMs + current()) / 100) / 10,
  };
}
