import { SourceVersion } from '@ayna/contract';
import { getFirestore } from 'firebase-admin/firestore';
import { followBacklog } from './backlog.ts';
import { startEnds, type Ends } from './embedded-ends.ts';
import { openInput } from './input-file.ts';
import { keepEnds } from './keep-ends.ts';
import { newProgress, runLoad, type LoadProgress } from './load.ts';
import { watchMemory } from './memory.ts';
import type { DemoOptions } from './options.ts';
import { showProgress } from './progress.ts';
import { percentiles, type Report } from './report.ts';
import { sampleWrites } from './sample-data.ts';
import { startTracing } from './tracing.ts';
import { verifyMirror } from './verify.ts';
import type { Write } from './write.ts';

const MICROS_PER_MS = 1_000;
/** After Ctrl-C, what is on its way has this long to arrive. */
const INTERRUPT_GRACE_MS = 10_000;
const MAX_NOTES = 20;

/** How a run ended. */
export type DemoResult =
  | {
      readonly kind: 'finished';
      readonly report: Report;
      readonly examples: readonly string[];
    }
  | { readonly kind: 'interrupted'; readonly written: number; readonly waiting: number };

export interface DemoHooks {
  /** Aborted to end the run early, as Ctrl-C does. */
  readonly signal: AbortSignal;
  /** Told what a person should know: skipped lines, refused writes. */
  readonly note: (text: string) => void;
  /** Told how the load ended, with examples of drift and, where asked for, a trace. */
  readonly onReport?: (report: Report, examples: readonly string[], trace: string) => void;
  /** Called once the load runs; tests kill and restart things here. */
  readonly onRunning?: (ends: Ends, progress: LoadProgress) => void;
}

/**
 * Runs the whole mirror on this machine: starts the ends, loads documents, waits until all has
 * arrived in SQL, and compares.
 *
 * @throws AynaError `InputInvalid` for an input that cannot be used
 */
export async function runDemo(options: DemoOptions, hooks: DemoHooks): Promise<DemoResult> {
  const load = await openLoad(options, hooks);
  const tracing = options.trace ? await startTracing() : undefined;
  const ends = await startEnds({ ...options, web: options.keep !== undefined });
  const memory = watchMemory(() => ends.pids());
  try {
    const firestore = getFirestore();
    const since = SourceVersion.fromMicros(BigInt(Date.now() * MICROS_PER_MS));
    const startedAt = performance.now();
    const progress = newProgress();
    const backlog = followBacklog(ends, () => progress.writes, options.duplicate);
    const line = showProgress(
      async () => ({
        written: progress.writes,
        expected: load.expected,
        status: await ends.writer().status(),
      }),
      options.json,
    );
    try {
      hooks.onRunning?.(ends, progress);
      await runLoad({
        firestore,
        writes: load.writes,
        rate: options.rate,
        progress,
        backlog: () => backlog.current(),
        signal: hooks.signal,
      });
      await backlog.drained(
        hooks.signal.aborted ? AbortSignal.timeout(INTERRUPT_GRACE_MS) : hooks.signal,
      );
    } finally {
      line.stop();
      backlog.stop();
    }
    if (hooks.signal.aborted) {
      return { kind: 'interrupted', written: progress.writes, waiting: await ends.queue.waiting() };
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    const { counts, latencyMs } = await ends.writer().status();
    for (const refusal of progress.refused.slice(0, MAX_NOTES)) hooks.note(refusal);
    const { examples, ...drift } = await verifyMirror(
      firestore,
      ends.store,
      progress.touched,
      since,
    );
    const events = Math.round(ends.firestore.functions.stats().delivered / options.duplicate);
    const report: Report = {
      documents: progress.touched.size,
      events,
      ...counts,
      deadLettered: await ends.queue.deadLettered(),
      eventsPerSecond: Math.round(events / seconds),
      latencyMs: {
        queueToSql: percentiles(latencyMs.queueToSql),
        documentToSql: percentiles(latencyMs.documentToSql),
      },
      drift,
      peakRssMb: memory.peakMb(),
    };
    hooks.onReport?.(report, examples, (await tracing?.lastTrace()) ?? '');
    if (options.keep !== undefined) await keepEnds(ends, options.keep, hooks);
    return { kind: 'finished', report, examples };
  } finally {
    memory.stop();
    await ends.close();
    await tracing?.close();
  }
}

async function openLoad(
  options: DemoOptions,
  { note }: DemoHooks,
): Promise<{ writes: AsyncIterable<Write> | Iterable<Write>; expected: number | undefined }> {
  if (options.input === undefined) {
    return { writes: sampleWrites(options.documents, options.seed), expected: undefined };
  }
  const input = await openInput(options.input, options.strict);
  for (const problem of input.malformed.slice(0, MAX_NOTES)) note(`skipped: ${problem}`);
  if (input.malformed.length > MAX_NOTES) {
    note(`skipped ${input.malformed.length} malformed lines in all`);
  }
  return { writes: input.writes(), expected: input.documents };
}
