import type { Child } from '@ayna/processes';
import type { ProcessorCounts, ProcessorStatus } from '@ayna/processor';

const POLL_MS = 250;

/** One run of a writer's process. */
export interface WriterLife {
  readonly child: Child;
  /** What it said last; undefined before it said anything. */
  status(): ProcessorStatus | undefined;
  /** Asks it now; rejects when it does not answer. */
  ask(): Promise<ProcessorStatus>;
}

/** Follows a writer through its `/status`, as often as it answers, until its process ends. */
export function followWriter(child: Child): WriterLife {
  const { port } = child.announcement as { readonly port: number };
  let last: ProcessorStatus | undefined;
  const ask = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/status`, {
      signal: AbortSignal.timeout(5_000),
    });
    return (last = (await response.json()) as ProcessorStatus);
  };
  const timer = setInterval(() => void ask().catch(() => undefined), POLL_MS);
  void child.ended.then(() => clearInterval(timer));
  return { child, status: () => last, ask };
}

/** The status in the last line that a writer logs when it has stopped in order. */
export function finalCounts(line: string): ProcessorCounts | undefined {
  if (!line.includes('"msg":"stopped"')) return undefined;
  const { status } = JSON.parse(line) as { status?: ProcessorStatus };
  return status?.counts;
}
