import { randomInt } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import { ClientConnection } from '../clients/client-connection.ts';
import { clientSession, type SessionOptions } from '../clients/client-session.ts';
import { sweep, type SweepOptions } from '../clients/sweep.ts';
import { originAllowed } from './origins.ts';

export interface SocketServerOptions extends SessionOptions, SweepOptions {
  readonly server: Server;
  readonly path: string;
  /** Web pages of other origins are refused; undefined lets all in. */
  readonly allowedOrigins: readonly string[] | undefined;
  /** Of all users together; whoever comes after gets 503. */
  readonly maxConnections: number;
  /** Bytes of one frame of a client. */
  readonly maxFrameBytes: number;
  /** Bytes that may wait for a client that reads slowly. */
  readonly maxBufferedBytes: number;
  /** A client that was told to go has so long to say goodbye. */
  readonly closeTimeoutMs: number;
  /** Told why a connection ended: a reason of `closeCodes`, `client` or `lost`. */
  readonly closed: (reason: string) => void;
}

export interface SocketServer {
  /**
   * Tells every client to go elsewhere, each after a pause of its own, and waits until they have
   * gone, for so long at most.
   */
  drain(deadlineMs: number): Promise<void>;
}

const SWEEP_MS = 1_000;
/** Clients of a hub that stops come back over so many milliseconds, not all at once. */
const RETURN_OVER_MS = 3_000;
const ABNORMAL = 1006;

/** Lets WebSocket clients in at a path of an HTTP server. */
export function serveSockets(options: SocketServerOptions): SocketServer {
  const { connections, logger } = options;
  const serverOptions: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    maxPayload: options.maxFrameBytes,
    perMessageDeflate: false,
    closeTimeout: options.closeTimeoutMs,
  };
  const sockets = new WebSocketServer(serverOptions);
  let draining: (() => void) | undefined;

  const admit = (socket: WebSocket): void => {
    const connection = new ClientConnection(socket, options);
    connections.add(connection);
    const take = clientSession(connection, options);
    socket.on('message', (data, isBinary) => {
      if (isBinary) connection.close('invalid-frame');
      else take(textOf(data));
    });
    socket.on('pong', () => {
      connection.answered = true;
    });
    socket.on('error', (error) => {
      logger.debug({ err: error }, 'a client was cut off');
    });
    socket.on('close', (code, reason) => {
      connection.state = 'closed';
      connections.delete(connection);
      options.closed(connection.closing ?? (code === ABNORMAL ? 'lost' : ourReason(code, reason)));
      if (connections.size === 0) draining?.();
    });
  };

  const refuse = (socket: Duplex, status: string): void => {
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  };

  options.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (pathOf(request) !== options.path) refuse(socket, '404 Not Found');
    else if (!originAllowed(request.headers.origin, options.allowedOrigins)) {
      refuse(socket, '403 Forbidden');
    } else if (draining || connections.size >= options.maxConnections) {
      refuse(socket, '503 Service Unavailable');
    } else sockets.handleUpgrade(request, socket, head, admit);
  });

  const sweeps = setInterval(() => {
    sweep(connections, options);
  }, SWEEP_MS);

  return {
    async drain(deadlineMs) {
      const gone = new Promise<void>((resolve) => (draining = resolve));
      clearInterval(sweeps);
      for (const connection of [...connections]) {
        connection.send({
          type: 'going-away',
          cursor: connections.cursorOf(connection),
          retryAfterMs: randomInt(RETURN_OVER_MS),
        });
        connection.close('going-away');
      }
      if (connections.size > 0) {
        const timer = setTimeout(() => {
          for (const connection of [...connections]) connection.terminate();
        }, deadlineMs);
        await gone;
        clearTimeout(timer);
      }
    },
  };
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}

function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Buffer.isBuffer(data)) return data.toString();
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)).toString();
}

function ourReason(code: number, reason: Buffer): string {
  // What a client says is not a label of ours.
  return code === 1009 && reason.length === 0 ? 'frame-too-large' : 'client';
}
