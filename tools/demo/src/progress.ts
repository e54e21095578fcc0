import type { ProcessorStatus } from '@ayna/processor';
import { count } from './report.ts';

const LIVE_EVERY_MS = 200;
const PLAIN_EVERY_MS = 5_000;

export interface ProgressLine {
  stop(): void;
}

/**
 * Shows how the load goes on standard error: one line that renews itself in a terminal, a line
 * every five seconds elsewhere. Quiet is quiet.
 */
export function showProgress(
  read: () => Promise<{ written: number; expected: number | undefined; status: ProcessorStatus }>,
  quiet: boolean,
): ProgressLine {
  if (quiet) return { stop: () => undefined };
  const live = process.stderr.isTTY;
  let last = { settled: 0, at: performance.now() };
  const tick = async () => {
    const { written, expected, status } = await read();
    const { applied, stale, duplicate, deadLettered } = status.counts;
    const settled = applied + stale + duplicate + deadLettered;
    const now = performance.now();
    const perSecond = Math.max(0, ((settled - last.settled) / (now - last.at)) * 1_000);
    last = { settled, at: now };
    const of = expected === undefined ? '' : ` of ${count(expected)}`;
    const { p50, p95 } = status.latencyMs.documentToSql;
    const line = `${count(written)}${of} documents written, ${count(settled)} events in SQL, ${count(perSecond)}/s, document -> SQL P50 ${p50.toFixed(0)} ms, P95 ${p95.toFixed(0)} ms`;
    process.stderr.write(live ? `\r\u001b[K${line}` : `${line}\n`);
  };
  const timer = setInterval(
    () => void tick().catch(() => undefined),
    live ? LIVE_EVERY_MS : PLAIN_EVERY_MS,
  );
  return {
    stop: () => {
      clearInterval(timer);
      if (live) process.stderr.write('\r\u001b[K');
    },
  };
}
