import { formatCursor } from '../log/cursor.ts';
import { changeFrame } from '../log/log-event.ts';
import type { LogRow, RealtimeLog } from '../log/realtime-log.ts';
import { Gathered, type Logger } from '@ayna/platform';

export interface ForwardingOptions {
  readonly log: Pick<RealtimeLog, 'readAfter' | 'lease' | 'forwarded'>;
  readonly logger: Logger;
  /** What is forwarded to; hubs that forward to the same take turns. */
  readonly name: string;
  /** Who this is among them. */
  readonly holder: string;
  /** Sends a frame to every client of a user. Rejects when it was not taken. */
  readonly send: (userId: string, frame: string) => Promise<void>;
}

/** Hands the log to a service that brings it to clients. */
export interface Forwarding {
  /** The log may have grown. */
  wake(): void;
  /** Resolves when nothing is under way. Never rejects. */
  close(): Promise<void>;
}

const LEASE_MS = 15_000;
const POLL_MS = 1_000;
const PAGE = 100;
const USERS_AT_ONCE = 16;
const LOG_EVERY_MS = 10_000;

/**
 * Forwards the log, in its order for each user. Of all hubs one at a time has the lease; when it
 * dies, another goes on within 15 seconds, with the page that was under way: then clients may get a
 * frame again, which they know by entity, key and version.
 *
 * What the log has purged, or begun anew, is not forwarded: a client learns of that when it asks for
 * the changes since its cursor.
 */
export function startForwarding(options: ForwardingOptions): Forwarding {
  const { log, logger, name, holder } = options;
  const failed = new Gathered<unknown>(LOG_EVERY_MS, (error, count) => {
    logger.warn({ err: error, count }, 'forwarding changes failed; it is tried again');
  });
  let working: Promise<void> | undefined;
  let again = false;
  let closed = false;

  const forwardPage = async (): Promise<boolean> => {
    const from = await log.lease(name, holder, LEASE_MS);
    if (from === undefined) return false;
    const { state, rows } = await log.readAfter(from, PAGE);
    await sendPage(rows, state.epoch, options);
    const last = rows.at(-1);
    if (last) await log.forwarded(name, holder, last.sequence);
    return rows.length === PAGE;
  };

  const work = async (): Promise<void> => {
    try {
      do again = false;
      while ((await forwardPage()) && !closed);
    } catch (error) {
      failed.report(error);
    }
  };

  const wake = (): void => {
    if (closed) return;
    if (working) {
      again = true;
      return;
    }
    working = work().finally(() => {
      working = undefined;
      if (again) wake();
    });
  };

  const poll = setInterval(wake, POLL_MS);
  wake();
  return {
    wake,
    async close() {
      closed = true;
      clearInterval(poll);
      await working;
      // Another hub need not wait for it to run out.
      await log.lease(name, holder, 0).catch(() => undefined);
    },
  };
}

/** Sends a page: to each user in order, to some users at the same time. */
async function sendPage(
  rows: readonly LogRow[],
  epoch: string,
  { send }: ForwardingOptions,
): Promise<void> {
  const byUser = new Map<string, string[]>();
  const add = (userId: string, frame: string) => {
    const frames = byUser.get(userId);
    if (frames) frames.push(frame);
    else byUser.set(userId, [frame]);
  };
  for (const { sequence, audience, removed, conversationId, late, frame } of rows) {
    const cursor = formatCursor({ epoch, sequence });
    const change = changeFrame(frame, cursor, late);
    for (const user of new Set(audience)) add(user, change);
    for (const user of new Set(removed)) {
      add(user, JSON.stringify({ type: 'removed', cursor, conversationId }));
    }
  }
  const queue = [...byUser];
  const workers = Array.from({ length: Math.min(USERS_AT_ONCE, queue.length) }, async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const [user, frames] = next;
      for (const frame of frames) await send(user, frame);
    }
  });
  await Promise.all(workers);
}
