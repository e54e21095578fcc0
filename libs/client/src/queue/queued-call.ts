import type { GatewayCalls } from '@ayna/contract/gateway';

/** The calls that are queued: each can be repeated and needs no order. */
export type EnsureName = Extract<keyof GatewayCalls, `sqlGatewayEnsure${string}`>;

/** What to ensure in SQL. */
export type EnsureCall = {
  readonly [Name in EnsureName]: {
    readonly name: Name;
    readonly request: GatewayCalls[Name]['request'];
  };
}[EnsureName];

/** A call as it is stored, under its id. Ids sort by the time of queueing. */
export interface QueuedCall {
  readonly id: string;
  readonly call: EnsureCall;
  readonly queuedAtMs: number;
  readonly attempts: number;
  /** Not called before, in milliseconds since 1970. */
  readonly notBeforeMs: number;
}

/** What a call is about: calls of the same subject are answered by one. */
export function subjectOf({ name, request }: EnsureCall): string {
  return JSON.stringify([name, { ...request, writtenAtMs: undefined }]);
}

/**
 * An id that sorts behind those of earlier times.
 *
 * @param tab tells apart what two tabs queue in the same millisecond
 * @param count tells apart what one does
 */
export function newCallId(nowMs: number, tab: string, count: number): string {
  const time = Math.max(0, Math.floor(nowMs)).toString(36).padStart(9, '0');
  return `${time}-${tab}-${count.toString(36)}`;
}

/** Undefined for what is no queued call: of an older version, or damaged. */
export function parseQueuedCall(text: string): QueuedCall | undefined {
  try {
    const parsed = JSON.parse(text) as Partial<QueuedCall> | null;
    const isWhole =
      typeof parsed?.id === 'string' &&
      typeof parsed.call?.name === 'string' &&
      parsed.call.name.startsWith('sqlGatewayEnsure') &&
      typeof parsed.call.request === 'object' &&
      Number.isFinite(parsed.queuedAtMs) &&
      Number.isFinite(parsed.attempts) &&
      Number.isFinite(parsed.notBeforeMs);
    return isWhole ? (parsed as QueuedCall) : undefined;
  } catch {
    return undefined;
  }
}
