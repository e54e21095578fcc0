import { AynaError } from '@ayna/contract';

/** What the log cannot do now, as a failure that is waited out. */
export function logFailure(error: unknown): AynaError {
  if (error instanceof AynaError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AynaError('SqlUnavailable', message, { cause: error });
}
