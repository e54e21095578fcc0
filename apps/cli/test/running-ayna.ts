import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Ended } from './ayna.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** A run of `ayna` that a test watches and ends. */
export interface RunningAyna {
  readonly process: ChildProcess;
  /** What it has written to standard error so far. */
  stderr(): string;
  readonly ended: Promise<Ended>;
}

/** Starts `ayna` as a process, with these variables beside PATH. */
export function startAyna(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): RunningAyna {
  const child = spawn(process.execPath, ['--conditions=@ayna/source', main, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return {
    process: child,
    stderr: () => output.stderr,
    ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, ...output }))),
  };
}
