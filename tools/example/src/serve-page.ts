import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
};

export interface PageServer {
  /** Where the page is. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a built page and what is made at each request.
 *
 * @param made by path; gives the text of the answer
 */
export async function servePage(
  directory: string,
  made: Readonly<Record<string, (query: URLSearchParams) => Promise<string>>>,
  port = 0,
): Promise<PageServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const path = url.pathname === '/' ? '/index.html' : normalize(url.pathname);
    const make = Object.hasOwn(made, path) ? made[path] : undefined;
    const body = make ? make(url.searchParams) : readFile(join(directory, path));
    body.then(
      (content) => {
        const type = TYPES[extname(path)] ?? 'application/octet-stream';
        response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' }).end(content);
      },
      () => response.writeHead(404).end(),
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
