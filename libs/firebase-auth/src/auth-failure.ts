import { AynaError } from '@ayna/contract';

/** The codes of firebase-admin that a person must act on. */
const REJECTIONS: ReadonlySet<unknown> = new Set([
  'app/invalid-credential',
  'auth/argument-error',
  'auth/configuration-not-found',
  'auth/insufficient-permission',
  'auth/invalid-argument',
  'auth/invalid-credential',
  'auth/invalid-project-id',
  'auth/operation-not-allowed',
  'auth/project-not-found',
]);

/**
 * The registry error of what Firebase's client threw: `AuthRejected` for what a person must change,
 * `AuthUnavailable` for what time can heal.
 */
export function authFailure(error: unknown, doing: string): AynaError {
  if (error instanceof AynaError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const rejected = REJECTIONS.has(code) || /default credentials|detect a Project Id/i.test(detail);
  return new AynaError(rejected ? 'AuthRejected' : 'AuthUnavailable', `${doing}: ${detail}`, {
    cause: error,
  });
}
