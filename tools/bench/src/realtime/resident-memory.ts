import { readFile } from 'node:fs/promises';

const KIB_PER_MIB = 1_024;

/** What a process holds of physical memory, now and at most ever, in MiB (Linux). */
export async function residentMemory(pid: number): Promise<{ nowMb: number; peakMb: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const mib = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / KIB_PER_MIB;
  return { nowMb: mib('VmRSS'), peakMb: mib('VmHWM') };
}
