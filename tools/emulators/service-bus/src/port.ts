import { createServer as createHttpServer, type RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createWebSocketHandler } from './amqp/web-socket.ts';
import type { SelfSigned } from './certificate.ts';

/** What is behind the port. */
export interface PortServices {
  readonly amqp: (stream: Duplex) => void;
  readonly http: RequestListener;
}

/** An open port. */
export interface Port {
  readonly port: number;
  /** Cuts all connections and closes the port. */
  close(): Promise<void>;
}

/** The first byte of a TLS handshake record (RFC 8446, 5.1). */
const TLS_HANDSHAKE = 0x16;
/** AMQP connections start with "AMQP"; no HTTP method does. */
const AMQP_A = 0x41;

/**
 * Opens one port for everything: what a connection speaks is told by its first byte, and behind TLS by the
 * first byte inside.
 */
export async function openPort(
  services: PortServices,
  { port, host, tls }: { port: number; host: string; tls: SelfSigned },
): Promise<Port> {
  const sockets = new Set<Socket>();
  const http = createHttpServer(services.http);
  http.on('upgrade', createWebSocketHandler(services.amqp));
  const secure = createTlsServer({ key: tls.key, cert: tls.certificate }, (socket) => {
    sniff(socket, false);
  });
  secure.on('tlsClientError', (_error, socket) => socket.destroy());

  const sniff = (socket: Socket, mayBeTls: boolean) => {
    // A client that breaks off is its own affair.
    socket.on('error', () => socket.destroy());
    const look = () => {
      const bytes = socket.read() as Buffer | null;
      if (!bytes) {
        socket.once('readable', look);
        return;
      }
      socket.unshift(bytes);
      if (bytes[0] === TLS_HANDSHAKE && mayBeTls) secure.emit('connection', socket);
      else if (bytes[0] === AMQP_A && bytes[1] !== undefined) services.amqp(socket);
      else http.emit('connection', socket);
    };
    socket.once('readable', look);
  };

  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    sniff(socket, true);
  });
  await listen(server, port, host);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
