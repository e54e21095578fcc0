import { randomUUID } from 'node:crypto';
import { AynaError, type DocumentChange } from '@ayna/contract';
import { runCheck, type CheckOptions, type CheckSummary } from './check-mirror.ts';
import type { Difference, Finding } from './difference.ts';
import { paceOf } from './pace.ts';

export interface RepairOptions extends CheckOptions {
  /**
   * Publishes a change as an event with the sync source `repair`, and resolves once the broker has
   * it.
   */
  readonly publish: (change: DocumentChange) => Promise<void>;
  /** Changes published a second at most. @defaultValue no limit */
  readonly ratePerSecond?: number;
  /** How long a repair may take to arrive before it is given up. @defaultValue 60,000 */
  readonly timeoutMs?: number;
}

/** What a repair found and did. */
export interface RepairSummary extends CheckSummary {
  readonly repair: {
    /** Events published; a key that changes meanwhile may need several. */
    readonly published: number;
    /** Keys seen to be in step afterwards. */
    readonly repaired: number;
    /** Keys that were not in step in time. */
    readonly failed: number;
    /** The first of these. */
    readonly failures: readonly Difference[];
  };
}

const DEFAULT_TIMEOUT_MS = 60_000;
const FIRST_LOOK_MS = 250;
const MAX_FAILURES = 20;

/**
 * Checks the mirror and publishes each confirmed difference again, through the same path as any
 * other change: a document with its own version, a surplus row as a deletion at the time its
 * document was seen to be missing. Both name the version of the row they judge wrong, so that a row
 * that has changed since is left alone and a newer write always wins.
 *
 * Each repaired key is looked at until it is in step, so that when this resolves a second check
 * finds nothing but what `repair.failed` and `unrepairable` count. Memory is bounded: where the
 * writer is slower than the check, the check waits.
 *
 * Rejects as `checkMirror` does, or with what `publish` rejected with.
 */
export async function repairMirror(options: RepairOptions): Promise<RepairSummary> {
  const run = randomUUID().slice(0, 8);
  const pace = paceOf(options.ratePerSecond);
  const failures: Difference[] = [];
  const counts = { published: 0, repaired: 0, failed: 0 };
  const summary = await runCheck(options, {
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    pauseMs: FIRST_LOOK_MS,
    async repair(finding) {
      await pace();
      await options.publish(repairOf(finding, options.source.name, run));
      counts.published += 1;
    },
    ended({ difference }, inStep) {
      counts[inStep ? 'repaired' : 'failed'] += 1;
      if (!inStep && failures.length < MAX_FAILURES) failures.push(difference);
    },
  });
  return { ...summary, repair: { ...counts, failures } };
}

/**
 * The change that puts a row right.
 *
 * @param run names this repair, so that the broker does not take the repair for a repetition of an
 * earlier one
 */
function repairOf(finding: Finding, source: string, run: string): DocumentChange {
  const { difference, document, readTime } = finding;
  const { path, documentVersion, rowVersion } = difference;
  if (!document && !readTime) {
    throw new AynaError('ContractViolation', `"${path}" is the path of no document`);
  }
  const versions = `${documentVersion?.toString() ?? 'none'}:${rowVersion?.toString() ?? 'none'}`;
  return {
    path,
    before: undefined,
    after: document,
    ...(!document && readTime && { deletedAt: readTime }),
    ...(rowVersion && { replaces: rowVersion }),
    originId: `repair:${run}:${versions}`,
    source,
  };
}
