import type { ClientConnection } from './client-connection.ts';
import type { Connections } from './connections.ts';

export interface SweepOptions {
  readonly heartbeatMs: number;
  /** How long a client may take to say who it is. */
  readonly openTimeoutMs: number;
  /** How long before its token runs out a client is told so. */
  readonly expiryNoticeMs: number;
}

/**
 * Looks after connections by the clock: closes those that do not open or whose token has run out,
 * tells those whose token runs out soon, sends a heartbeat where nothing was sent for a while, and
 * ends those that no longer answer.
 *
 * One timer for all: call it every second.
 */
export function sweep(connections: Connections, options: SweepOptions): void {
  for (const connection of [...connections]) sweepOne(connection, connections, options);
}

function sweepOne(
  connection: ClientConnection,
  connections: Connections,
  { heartbeatMs, openTimeoutMs, expiryNoticeMs }: SweepOptions,
): void {
  const nowMs = performance.now();
  const { state, expiresAtMs } = connection;
  if (state === 'closed') return;
  if (state === 'opening') {
    if (nowMs - connection.openedAtMs >= openTimeoutMs) connection.close('open-timeout');
    return;
  }
  if (expiresAtMs <= Date.now()) {
    connection.close('token-expired');
    return;
  }
  if (state === 'live' && !connection.warned && expiresAtMs - expiryNoticeMs <= Date.now()) {
    connection.warned = true;
    connection.send({ type: 'expiring', expiresAt: new Date(expiresAtMs).toISOString() });
  }
  if (nowMs - connection.askedAtMs >= heartbeatMs) {
    if (!connection.answered) {
      connection.terminate();
      return;
    }
    connection.ping(nowMs);
  }
  if (state === 'live' && nowMs - connection.lastSentMs >= heartbeatMs) {
    connection.send({
      type: 'heartbeat',
      cursor: connections.cursorOf(connection),
    });
  }
}
