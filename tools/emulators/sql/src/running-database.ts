/** A database server that somebody started and has to stop. */
export interface RunningDatabase extends AsyncDisposable {
  /** Where the ordinary `pg` driver connects: `postgresql://user:password@host:port/database`. */
  readonly url: string;
  readonly port: number;
  /** Stops the server and removes the files it made for itself. Safe to call twice. */
  close(): Promise<void>;
}

/** Makes the record of a running server; `stop` is called once, however often it is closed. */
export function runningDatabase(
  url: string,
  port: number,
  stop: () => Promise<void>,
): RunningDatabase {
  let stopped: Promise<void> | undefined;
  const close = (): Promise<void> => (stopped ??= stop());
  return { url, port, close, [Symbol.asyncDispose]: close };
}
