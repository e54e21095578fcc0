import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Projects } from '../projects/projects.ts';
import { ApiError } from './api-error.ts';
import { handleRequest } from './handle-request.ts';
import { readBody } from './read-body.ts';

export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the projects over HTTP, to pages of any origin. Rejects when the port cannot be bound. */
export async function serve(
  projects: Projects,
  clock: () => number,
  host: string,
  port: number,
): Promise<RunningServer> {
  const server = createServer((request, response) => {
    void answer(projects, clock, request).then(({ status, body }) =>
      send(request, response, status, body),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  projects: Projects,
  clock: () => number,
  request: IncomingMessage,
): Promise<{ status: number; body: object }> {
  const { method = 'GET', headers } = request;
  try {
    if (method === 'OPTIONS') return { status: 204, body: {} };
    const url = new URL(request.url ?? '/', `http://${headers.host ?? 'localhost'}`);
    if (url.pathname === '/') return { status: 200, body: { authEmulator: { ready: true } } };
    const apiKey = headers['x-goog-api-key'];
    const body = handleRequest(projects, {
      method,
      url,
      authorization: headers.authorization,
      apiKey: Array.isArray(apiKey) ? apiKey[0] : apiKey,
      body: await readBody(request),
      now: clock(),
    });
    return { status: 200, body };
  } catch (error) {
    if (error instanceof ApiError) return { status: error.httpStatus, body: error };
    const message = error instanceof Error ? error.message : String(error);
    return { status: 500, body: new ApiError(500, message, 'internalError', 'INTERNAL') };
  }
}

function send(
  { headers }: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: object,
): void {
  const allowed = headers['access-control-request-headers'];
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'access-control-allow-origin': headers.origin ?? '*',
    'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE',
    ...(allowed === undefined ? {} : { 'access-control-allow-headers': allowed }),
    vary: 'origin',
  });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}
