import {
  clientFrameSchema,
  type ClientFrame,
  type OpenFrame,
  type RenewFrame,
} from '@ayna/contract/realtime';
import type { TokenVerifier } from '@ayna/firebase-auth';
import type { Logger } from '@ayna/platform';
import type { RealtimeLog } from '../log/realtime-log.ts';
import { conversationOf, type ClientConnection } from './client-connection.ts';
import type { Connections } from './connections.ts';
import type { MayListen } from './conversation-access.ts';
import { replay } from './replay.ts';

export interface SessionOptions {
  readonly connections: Connections;
  readonly log: Pick<RealtimeLog, 'replay'>;
  readonly verifier: Pick<TokenVerifier, 'verify'>;
  readonly mayListen: MayListen;
  readonly logger: Logger;
  /** Connections of one user at this hub. */
  readonly maxConnectionsPerUser: number;
  /** Conversations that one connection may name. */
  readonly maxChannels: number;
  readonly heartbeatMs: number;
}

/** Frames of a client that may wait for those before them. */
const MAX_WAITING = 16;

/**
 * What a client says, frame by frame, each after the one before has been answered. What is no frame
 * of the protocol, too many frames at once, or a failure of the hub closes the connection.
 *
 * @returns what takes a frame
 */
export function clientSession(
  connection: ClientConnection,
  options: SessionOptions,
): (text: string) => void {
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  return (text) => {
    const frame = parse(text);
    if (!frame || waiting >= MAX_WAITING) {
      connection.close('invalid-frame');
      return;
    }
    waiting += 1;
    last = last
      .then(() => answer(connection, frame, options))
      .catch((error: unknown) => {
        options.logger.error({ err: error, frame: frame.type }, 'a client could not be answered');
        connection.close('hub-failed');
      })
      .finally(() => {
        waiting -= 1;
      });
  };
}

function parse(text: string): ClientFrame | undefined {
  try {
    const { success, data } = clientFrameSchema.safeParse(JSON.parse(text));
    return success ? data : undefined;
  } catch {
    return undefined;
  }
}

async function answer(
  connection: ClientConnection,
  frame: ClientFrame,
  options: SessionOptions,
): Promise<void> {
  if (connection.state === 'closed') return;
  if ((frame.type === 'open') !== (connection.state === 'opening')) {
    connection.close('invalid-frame');
    return;
  }
  switch (frame.type) {
    case 'open':
      return open(connection, frame, options);
    case 'renew':
      return renew(connection, frame, options);
    case 'subscribe':
      await subscribe(connection, frame.channels, options);
      break;
    case 'unsubscribe':
      for (const channel of frame.channels) connection.delete(channel);
      break;
  }
  const { channels } = connection;
  connection.send({ type: 'channels', channels, cursor: options.connections.cursor });
}

async function open(
  connection: ClientConnection,
  { token, channels, cursor }: OpenFrame,
  options: SessionOptions,
): Promise<void> {
  const { connections, verifier, maxConnectionsPerUser, heartbeatMs } = options;
  const verified = await verifier.verify(token);
  if (isClosed(connection)) return;
  if (!verified) {
    connection.close('unauthenticated');
    return;
  }
  const { userId, expiresAt } = verified;
  if (connections.connectionsOf(userId) >= maxConnectionsPerUser) {
    connection.close('too-many-connections');
    return;
  }
  connection.userId = userId;
  connection.expiresAtMs = expiresAt.getTime();
  connection.state = 'replaying';
  connections.claim(connection);
  connection.send({
    type: 'opened',
    protocol: 1,
    userId,
    cursor: cursor ?? connections.cursor,
    heartbeatMs,
    expiresAt: expiresAt.toISOString(),
  });
  await subscribe(connection, channels, options);
  if (isClosed(connection)) return;
  if (cursor === undefined) {
    connection.position = connections.position;
    connection.state = 'live';
    connection.send({ type: 'live', cursor: connections.cursor });
  } else {
    await replay(connection, cursor, connections, options.log);
  }
}

async function subscribe(
  connection: ClientConnection,
  channels: OpenFrame['channels'],
  { mayListen, maxChannels }: SessionOptions,
): Promise<void> {
  for (const channel of channels) {
    const allowed =
      channel === 'me' ||
      (connection.channels.length < maxChannels &&
        (await mayListen(connection.userId, conversationOf(channel))));
    if (isClosed(connection)) return;
    if (allowed) connection.add(channel);
    else connection.send({ type: 'refused', channel, reason: 'permission-denied' });
  }
}

async function renew(
  connection: ClientConnection,
  { token }: RenewFrame,
  { verifier }: SessionOptions,
): Promise<void> {
  const verified = await verifier.verify(token);
  if (isClosed(connection)) return;
  if (verified?.userId !== connection.userId) {
    connection.close('unauthenticated');
    return;
  }
  connection.expiresAtMs = verified.expiresAt.getTime();
  connection.warned = false;
  connection.send({ type: 'renewed', expiresAt: verified.expiresAt.toISOString() });
}

function isClosed({ state }: ClientConnection): boolean {
  return state === 'closed';
}
