import type { IncomingMessage, ServerResponse } from 'node:http';
import { BrokerError, entityNotFound, type BrokerErrorCode } from '../broker/broker-error.ts';
import type { Namespace } from '../broker/namespace.ts';
import { entryDocument, errorDocument, feedDocument, isoDate, type AtomEntry } from './atom.ts';
import { resourceAt, type Resource } from './resources.ts';

/** The largest body that is read. Descriptions are a few KiB. */
const MAX_BODY_BYTES = 1_048_576;
const DEFAULT_PAGE = 100;

const STATUS: Partial<Record<BrokerErrorCode, number>> = {
  'already-exists': 409,
  'not-found': 404,
  'message-not-found': 404,
  'quota-exceeded': 403,
  'entity-disabled': 403,
  unauthorized: 401,
  'not-implemented': 501,
};

/** What a request was answered with. */
interface Answer {
  readonly status: number;
  readonly body?: string;
}

/**
 * The administration API of Service Bus: ATOM over HTTP ("Service Bus REST API"). Anyone may call it;
 * tokens are not looked at.
 */
export function createAdminService(
  namespace: Namespace,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    answer(namespace, request).then(
      (done) => {
        namespace.journal.whenDurable(() => {
          send(response, done);
        });
      },
      (error: unknown) => {
        send(response, errorAnswer(error));
      },
    );
  };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/atom+xml;type=entry;charset=utf-8' });
  response.end(body);
}

function errorAnswer(error: unknown): Answer {
  const status = error instanceof BrokerError ? (STATUS[error.code] ?? 400) : 500;
  const message = error instanceof Error ? error.message : String(error);
  return { status, body: errorDocument(status, message) };
}

async function answer(namespace: Namespace, request: IncomingMessage): Promise<Answer> {
  const host = request.headers.host ?? 'localhost';
  const base = `https://${host}`;
  const url = new URL(request.url ?? '/', base);
  const path = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, '');
  if (path.toLowerCase() === '$namespaceinfo') return { status: 200, body: namespaceInfo(base) };
  const resource = resourceAt(namespace, path, host);
  switch (request.method) {
    case 'GET':
      return read(resource, url, base, path);
    case 'PUT':
      return write(
        resource,
        await bodyOf(request),
        request.headers['if-match'] === '*',
        base,
        path,
      );
    case 'DELETE':
      resource.remove();
      return { status: 200 };
    default:
      return { status: 405, body: errorDocument(405, 'The method is not allowed.') };
  }
}

function read(resource: Resource, url: URL, base: string, path: string): Answer {
  const list = resource.list?.();
  if (list) return { status: 200, body: page(list, url, base) };
  const entry = resource.read();
  if (entry) return { status: 200, body: entryDocument(entry, base) };
  // Azure answers a missing queue or topic with an empty feed; clients take that for "not found".
  if (resource.missing === 'empty-feed') {
    return {
      status: 200,
      body: feedDocument('Publicly Listed Services', [], base, url.href, undefined),
    };
  }
  throw entityNotFound(path);
}

function write(
  resource: Resource,
  body: string,
  isUpdate: boolean,
  base: string,
  path: string,
): Answer {
  if (!isUpdate) return { status: 201, body: entryDocument(resource.create(body), base) };
  if (!resource.read()) throw entityNotFound(path);
  return { status: 200, body: entryDocument(resource.update(body), base) };
}

function page(all: readonly AtomEntry[], url: URL, base: string): string {
  const skip = Number(url.searchParams.get('$skip') ?? 0);
  const top = Math.min(Number(url.searchParams.get('$top') ?? DEFAULT_PAGE), DEFAULT_PAGE);
  const entries = all.slice(skip, skip + top);
  let nextUrl: string | undefined;
  if (skip + top < all.length) {
    const next = new URL(url);
    next.searchParams.set('$skip', String(skip + top));
    next.searchParams.set('$top', String(top));
    nextUrl = next.href;
  }
  return feedDocument('Entities', entries, base, url.href, nextUrl);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new BrokerError('invalid-argument', 'The body is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

const STARTED_AT_MS = Date.now();

function namespaceInfo(base: string): string {
  const date = isoDate(STARTED_AT_MS);
  const content = [
    '<Alias></Alias>',
    `<CreatedTime>${date}</CreatedTime><MessagingSKU>Standard</MessagingSKU>`,
    `<ModifiedTime>${date}</ModifiedTime><Name>emulator</Name><NamespaceType>Messaging</NamespaceType>`,
  ].join('');
  return entryDocument(
    {
      path: '$namespaceinfo',
      title: 'emulator',
      createdAtMs: STARTED_AT_MS,
      updatedAtMs: STARTED_AT_MS,
      element: 'NamespaceInfo',
      content,
    },
    base,
  );
}
