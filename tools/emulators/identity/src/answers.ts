import type { IncomingHttpHeaders } from 'node:http';

/** A request to one of the endpoints. */
export interface IdentityRequest {
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The fields of a form, or those of a JSON object that are text. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface IdentityAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, all else as JSON. */
  readonly body: unknown;
}

export const ok = (
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): IdentityAnswer => ({
  status: 200,
  headers,
  body,
});

export const refused = (status: number, body: unknown): IdentityAnswer => ({ status, body });
