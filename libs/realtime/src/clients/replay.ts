import { formatCursor, parseCursor } from '../log/cursor.ts';
import { changeFrame } from '../log/log-event.ts';
import type { RealtimeLog, UserLogRow } from '../log/realtime-log.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Connections } from './connections.ts';

const PAGE = 200;

/**
 * Sends a client what it missed since a cursor, at the pace at which its socket takes it, and makes
 * it live. A cursor that cannot be resumed is answered by `reset` and the place to go on from.
 *
 * @throws AynaError as the log does
 */
export async function replay(
  connection: ClientConnection,
  cursor: string,
  connections: Connections,
  log: Pick<RealtimeLog, 'replay'>,
): Promise<void> {
  const place = parseCursor(cursor);
  if (!place) {
    reset(connection, connections, 'unknown');
    return;
  }
  let after = place.sequence;
  // More than once: while a page goes out, the log grows.
  do {
    const upTo = Math.max(after, connections.position);
    const { state, rows } = await log.replay(connection.userId, after, upTo, PAGE);
    if (isClosed(connection)) return;
    if (state.epoch !== place.epoch || state.last < after) {
      reset(connection, connections, 'unknown');
      return;
    }
    if (state.first > after + 1) {
      reset(connection, connections, 'expired');
      return;
    }
    for (const row of rows) {
      if (!connection.listensTo(row.conversationId)) continue;
      await connection.sendAndWait(
        userFrame(row, formatCursor({ ...place, sequence: row.sequence })),
      );
      if (isClosed(connection)) return;
    }
    after = rows.length === PAGE ? (rows.at(-1)?.sequence ?? upTo) : upTo;
    connection.position = after;
  } while (after < connections.position);
  if (connections.epoch !== place.epoch) {
    reset(connection, connections, 'unknown');
    return;
  }
  // Nothing is awaited between the last look at the position and this: no change falls in between.
  connection.state = 'live';
  connection.send({ type: 'live', cursor: formatCursor({ ...place, sequence: after }) });
}

/** The frame of a change as its user may see it. */
export function userFrame(row: UserLogRow, cursor: string): string {
  return row.removed
    ? JSON.stringify({ type: 'removed', cursor, conversationId: row.conversationId })
    : changeFrame(row.frame, cursor, row.late);
}

function reset(
  connection: ClientConnection,
  connections: Connections,
  reason: 'expired' | 'unknown',
): void {
  const { cursor, position } = connections;
  connection.position = position;
  connection.state = 'live';
  connection.send({ type: 'reset', reason, cursor });
  connection.send({ type: 'live', cursor });
}

function isClosed({ state }: ClientConnection): boolean {
  return state === 'closed';
}
