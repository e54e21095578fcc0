import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers a scrape of `/metrics`. */
export interface Scrape {
  handleScrape(request: IncomingMessage, response: ServerResponse): void;
}

/** What a program tells those who run it, over HTTP. */
export interface OpsOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly metrics: Scrape;
  /** True while the program can do its work; `/health/ready` answers 503 otherwise. */
  readonly ready: () => boolean;
  /** What `/status` shows, as JSON. */
  readonly status: () => unknown;
}

export interface OpsServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves `/health/live`, `/health/ready`, `/metrics` (Prometheus) and `/status` (JSON).
 * Rejects when the port cannot be had.
 */
export async function startOpsServer(options: OpsOptions): Promise<OpsServer> {
  const server = createServer((request, response) => {
    const json = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    switch (request.url) {
      case '/health/live':
        json(200, { live: true });
        break;
      case '/health/ready': {
        const ready = options.ready();
        json(ready ? 200 : 503, { ready });
        break;
      }
      case '/status':
        json(200, options.status());
        break;
      case '/metrics':
        options.metrics.handleScrape(request, response);
        break;
      default:
        json(404, { error: 'not found' });
    }
  });
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, { host, port }: OpsOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}
