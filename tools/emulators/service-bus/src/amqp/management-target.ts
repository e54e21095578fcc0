import type { Namespace } from '../broker/namespace.ts';

/** Whom a management request is about. */
export interface Target {
  readonly namespace: Namespace;
  readonly path: string;
  /** The link that the client's request belongs to, where it says so. */
  readonly linkName: string | undefined;
}

/**
 * One operation. Returns the body of the response, or undefined for "no content"; throws a
 * `BrokerError` to refuse.
 */
export type ManagementOperation = (
  target: Target,
  body: Readonly<Record<string, unknown>>,
) => unknown;
