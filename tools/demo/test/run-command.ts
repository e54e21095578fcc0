import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly finished: Promise<Finished>;
  /** Resolves once the text stands on standard error. */
  hasPrinted(text: string): Promise<void>;
  interrupt(): void;
}

/** Runs `pnpm demo` as a person would, without pnpm. */
export function startDemo(...args: string[]): RunningCommand {
  const child = spawn(process.execPath, ['--conditions=@ayna/source', MAIN, ...args]);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (output.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output.stderr += data.toString()));
  return {
    finished: new Promise((resolve) => child.on('close', (code) => resolve({ code, ...output }))),
    hasPrinted: (text) =>
      new Promise((resolve) => {
        child.stderr.on('data', () => {
          if (output.stderr.includes(text)) resolve();
        });
      }),
    interrupt: () => void child.kill('SIGINT'),
  };
}

export function runDemoCommand(...args: string[]): Promise<Finished> {
  return startDemo(...args).finished;
}
