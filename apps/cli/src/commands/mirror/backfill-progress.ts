import type { BackfillProgress, QueueBrake } from '@ayna/backfill';
import { count, duration } from './backfill-text.ts';

const LIVE_EVERY_MS = 250;
const PLAIN_EVERY_MS = 10_000;
const BAR_WIDTH = 24;
/** The pace is that of the last few seconds. */
const PACE_WINDOW_MS = 10_000;

/** Tells on standard error how a backfill goes. */
export interface ShownProgress {
  update(progress: BackfillProgress): void;
  /** Writes a line without tearing the bar apart. */
  note(text: string): void;
  stop(): void;
}

export interface ShownProgressOptions {
  /** Documents in all, as counted before. */
  readonly documents: number;
  readonly brake: Pick<QueueBrake, 'depth' | 'holding'>;
}

/**
 * Shows a bar that renews itself in a terminal, and a line every ten seconds elsewhere.
 */
export function showBackfillProgress({ documents, brake }: ShownProgressOptions): ShownProgress {
  const live = process.stderr.isTTY;
  let latest: BackfillProgress | undefined;
  const seen: { readonly done: number; readonly at: number }[] = [];

  const pace = (done: number): number => {
    const now = performance.now();
    seen.push({ done, at: now });
    while ((seen[1]?.at ?? now) < now - PACE_WINDOW_MS) seen.shift();
    const first = seen[0];
    return first && now > first.at ? ((done - first.done) / (now - first.at)) * 1_000 : 0;
  };
  const line = ({ entity, published, rejected }: BackfillProgress): string => {
    const done = published + rejected;
    const perSecond = pace(done);
    const total = Math.max(documents, done);
    const share = total === 0 ? 1 : done / total;
    const filled = Math.round(share * BAR_WIDTH);
    const bar = live ? `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ` : '';
    const left = perSecond > 0 ? `, about ${duration((total - done) / perSecond)} left` : '';
    const depth = brake.depth();
    const queue = depth === undefined ? '' : `, ${count(depth)} in the queue`;
    const held = brake.holding() ? ' (waiting for the writer)' : '';
    const refused = rejected > 0 ? `, ${count(rejected)} rejected` : '';
    return `${bar}${Math.floor(share * 100)}% ${count(done)} of ${count(total)}${refused}, ${entity}, ${count(perSecond)}/s${left}${queue}${held}`;
  };
  const clear = live ? '\r\u001b[K' : '';
  const show = () => {
    if (!latest) return;
    const text = line(latest);
    process.stderr.write(
      live ? `${clear}${text.slice(0, (process.stderr.columns || 80) - 1)}` : `${text}\n`,
    );
  };
  const timer = setInterval(show, live ? LIVE_EVERY_MS : PLAIN_EVERY_MS);
  return {
    update: (progress) => {
      latest = progress;
    },
    note: (text) => void process.stderr.write(`${clear}${text}\n`),
    stop: () => {
      clearInterval(timer);
      process.stderr.write(clear);
    },
  };
}
