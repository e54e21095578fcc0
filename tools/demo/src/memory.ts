import { readFile } from 'node:fs/promises';

const SAMPLE_EVERY_MS = 250;
const KIB_PER_MIB = 1_024;

/** Watches how much memory the processes of the demo hold together. */
export interface MemoryWatch {
  /** The highest sum of resident sets seen, in MiB. */
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

/** From `/proc`; where there is none, only this process can be measured. */
async function residentKib(pid: number): Promise<number> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  } catch {
    return pid === process.pid ? process.memoryUsage.rss() / KIB_PER_MIB : 0;
  }
}
