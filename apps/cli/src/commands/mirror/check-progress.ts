import type { CheckProgress } from '@ayna/consistency';
import { count } from './backfill-text.ts';

const LIVE_EVERY_MS = 250;
const PLAIN_EVERY_MS = 10_000;
const MS_PER_SECOND = 1_000;

/** Tells on standard error how a check goes. */
export interface ShownCheck {
  readonly update: (progress: CheckProgress) => void;
  readonly stop: () => void;
}

/** Shows a line that renews itself in a terminal, and one every ten seconds elsewhere. */
export function showCheckProgress(): ShownCheck {
  const live = process.stderr.isTTY;
  const startedAt = performance.now();
  let latest: CheckProgress | undefined;
  const show = () => {
    if (!latest) return;
    const { entity, checked, waiting } = latest;
    const perSecond = (checked / (performance.now() - startedAt)) * MS_PER_SECOND;
    const doubts = waiting > 0 ? `, ${count(waiting)} to be looked at again` : '';
    const line = `${count(checked)} checked (${count(perSecond)}/s), ${entity}${doubts}`;
    process.stderr.write(live ? `\r\u001b[K${line}` : `${line}\n`);
  };
  const timer = setInterval(show, live ? LIVE_EVERY_MS : PLAIN_EVERY_MS);
  return {
    update: (progress) => {
      latest = progress;
    },
    stop: () => {
      clearInterval(timer);
      if (live) process.stderr.write('\r\u001b[K');
    },
  };
}
