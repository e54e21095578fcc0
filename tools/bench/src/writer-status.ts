import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessorStatus } from '@ayna/processor';
import type { Child } from '@ayna/processes';

const POLL_MS = 25;

/** The port that a writer (or what stands in for one) told when it was ready: `/status` is there. */
export function statusPort({ announcement }: Child): number {
  if (typeof announcement === 'object' && announcement !== null && 'port' in announcement) {
    return Number(announcement.port);
  }
  throw new Error('the writer did not tell its port');
}

async function readStatus(port: number): Promise<ProcessorStatus> {
  const response = await fetch(`http://127.0.0.1:${port}/status`);
  return (await response.json()) as ProcessorStatus;
}

/**
 * Waits until a writer has settled that many events and has none in hand.
 *
 * @throws Error when it has dead-lettered any: then nothing that is measured counts
 */
export async function allSettled(port: number, events: number): Promise<ProcessorStatus> {
  for (;;) {
    const status = await readStatus(port);
    const { applied, stale, duplicate, deadLettered } = status.counts;
    if (deadLettered > 0) throw new Error(`${deadLettered} events were dead-lettered`);
    if (applied + stale + duplicate >= events && status.inHand === 0) return status;
    await delay(POLL_MS);
  }
}
