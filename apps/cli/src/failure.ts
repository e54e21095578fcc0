import { describeFailure, exitCodeOf, exitCodes } from '@ayna/platform';
import { CommanderError } from 'commander';
import { noteLine } from './output.ts';

/** Tells people what went wrong, once, and says what the process ends with. */
export function reportFailure(error: unknown): number {
  // Commander has told it already, and knows no other failure than wrong usage.
  if (error instanceof CommanderError) return exitCodes.misconfigured;
  noteLine(describeFailure(error));
  return exitCodeOf(error);
}
