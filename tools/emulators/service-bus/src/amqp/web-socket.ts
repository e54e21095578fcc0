import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';

/** Where clients look for AMQP over WebSockets, and what they call it (as Azure does). */
const PATH = '/$servicebus/websocket';
const PROTOCOL = 'AMQPWSB10';

/** Makes the handler of HTTP upgrades: each becomes a stream that `serve` takes over. */
export function createWebSocketHandler(
  serve: (stream: Duplex) => void,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const server = new WebSocketServer({
    noServer: true,
    handleProtocols: (protocols) => (protocols.has(PROTOCOL) ? PROTOCOL : false),
  });
  return (request, socket, head) => {
    if (!request.url?.toLowerCase().startsWith(PATH)) {
      socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
      return;
    }
    server.handleUpgrade(request, socket, head, (webSocket) => {
      const stream = createWebSocketStream(webSocket);
      stream.on('error', () => stream.destroy());
      serve(stream);
    });
  };
}
