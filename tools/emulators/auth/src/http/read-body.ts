import type { IncomingMessage } from 'node:http';
import { ApiError, invalidArgument } from './api-error.ts';

/** Larger than any import of 1,000 users; a guard, not a limit of the service. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * The body of a request as an object: JSON or a form, with the names in camelCase and nulls left
 * out, as Google's REST APIs read them. Empty when there is none.
 */
export async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES)
      throw new ApiError(413, 'Request Entity Too Large', 'uploadTooLarge');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') return {};
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return normalise(Object.fromEntries(new URLSearchParams(text))) as Record<string, unknown>;
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw invalidArgument('Invalid JSON payload received. Unexpected token.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalidArgument('Invalid JSON payload received. Expected an object.');
  }
  return normalise(body) as Record<string, unknown>;
}

function normalise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalise);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([, member]) => member !== null)
    .map(([name, member]) => [camelCase(name), normalise(member)]);
  return Object.fromEntries(entries);
}

function camelCase(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
