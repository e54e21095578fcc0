import { AynaError } from '@ayna/contract';
import { censorSecrets } from './logger.ts';

/** Exit codes of every Ayna program. */
export const exitCodes = { ok: 0, failed: 1, misconfigured: 2 } as const;

/** How long a shutdown may take before the process ends anyway. */
export const DEFAULT_SHUTDOWN_DEADLINE_MS = 25_000;

/**
 * Runs the main function of a program and turns what goes wrong into one clear message on standard
 * error and an exit code: 2 for a wrong configuration or input, 1 for all else.
 */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`);
    process.exit(exitCodeOf(error));
  }
}

/** Failures that a person ends by giving the program something else to start with. */
const MISCONFIGURED: ReadonlySet<string> = new Set([
  'ConfigInvalid',
  'InputInvalid',
  'SqlSchemaInvalid',
  'BrokerRejected',
  'FirestoreRejected',
  'CheckpointUnusable',
  'ToolMissing',
]);

/** The exit code of a program that ends with this failure. */
export function exitCodeOf(error: unknown): number {
  return error instanceof AynaError && MISCONFIGURED.has(error.code)
    ? exitCodes.misconfigured
    : exitCodes.failed;
}

/** What a person reads when a program fails: code, message and remedy; never a secret. */
export function describeFailure(error: unknown): string {
  if (error instanceof AynaError) {
    return censorSecrets(`${error.code}: ${error.message}\n${error.remedy}`);
  }
  return censorSecrets(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

/**
 * Resolves with the signal's name at the first SIGTERM or SIGINT. From then on the process has
 * `deadlineMs` milliseconds to finish; a second signal ends it at once.
 */
export function shutdownSignal(deadlineMs = DEFAULT_SHUTDOWN_DEADLINE_MS): Promise<string> {
  return new Promise((resolve) => {
    let signalled = false;
    const onSignal = (signal: NodeJS.Signals) => {
      if (signalled) process.exit(exitCodes.failed);
      signalled = true;
      setTimeout(() => {
        process.stderr.write(`shutdown took longer than ${deadlineMs} ms, ending now\n`);
        process.exit(exitCodes.failed);
      }, deadlineMs).unref();
      resolve(signal);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
