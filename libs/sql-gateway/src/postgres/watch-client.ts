import type pg from 'pg';

/**
 * Gives a connection up on which the server stays silent.
 *
 * After `query_timeout` `pg` fails the statement but keeps the connection, which would go back to
 * the pool with the statement still on it and let every later one wait too. Also listens for the
 * errors of a connection that breaks while it is in use: without a listener they end the process.
 */
export function watchClient(client: pg.PoolClient): void {
  client.on('error', () => undefined);
  const watched = client as pg.PoolClient & { end(): Promise<void> };
  const query = watched.query.bind(watched) as (...parameters: unknown[]) => unknown;
  watched.query = ((...parameters: unknown[]) => {
    const answer = query(...parameters);
    if (answer instanceof Promise) {
      answer.catch((error: unknown) => {
        if (error instanceof Error && error.message === 'Query read timeout') void watched.end();
      });
    }
    return answer;
  }) as typeof watched.query;
}
