import { readFile } from 'node:fs/promises';

const SAMPLE_EVERY_MS = 500;
const KIB_PER_MIB = 1_024;

/** Watches how much memory the processes of the demo hold together. */
export interface MemoryWatch {
  /** The most they held at one time, in MiB. */
  peakMb(): number;
  stop(): void;
}

/** @param pids gives the processes to add to this one; read at every sample */
export function watchMemory(pids: () => readonly number[]): MemoryWatch {
  let peakKib = 0;
  const sample = async () => {
    const sizes = await Promise.all([process.pid, ...pids()].map(residentKib));
    peakKib = Math.max(
      peakKib,
      sizes.reduce((sum, size) => sum + size, 0),
    );
  };
  const timer = setInterval(() => void sample(), SAMPLE_EVERY_MS);
  timer.unref();
  void sample();
  return { peakMb: () => Math.round(peakKib / KIB_PER_MIB), stop: () => clearInterval(timer) };
}

/**
 * What a process holds of physical memory, from `/proc`: its proportional set size, in which a page
 * that several processes share (the program itself, mostly) is split between them, so that the sum
 * counts it once. Where there is no `/proc`, only this process can be measured.
 */
async function residentKib(pid: number): Promise<number> {
  try {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  } catch {
    return pid === process.pid ? process.memoryUsage.rss() / KIB_PER_MIB : 0;
  }
}
