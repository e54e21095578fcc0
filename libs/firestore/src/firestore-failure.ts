import { AynaError } from '@ayna/contract';

/**
 * The gRPC codes that a person must act on (https://grpc.io/docs/guides/status-codes/):
 * INVALID_ARGUMENT, NOT_FOUND (of the project or database), PERMISSION_DENIED,
 * FAILED_PRECONDITION (an index is missing), UNIMPLEMENTED, UNAUTHENTICATED.
 */
const REJECTIONS: ReadonlySet<unknown> = new Set([3, 5, 7, 9, 12, 16]);

/**
 * What Google's token services answer, as HTTP statuses, to who may not have a token: the identity of
 * another cloud that the pool does not take, or that may not be the service account.
 */
const TOKEN_REFUSALS: ReadonlySet<unknown> = new Set([400, 401, 403]);

/** Said when there are no credentials, no project, or a program that gives none (`answerGoogle`). */
const NOT_SET_UP = /default credentials|detect a Project Id|exit code: ConfigInvalid/i;

/**
 * The registry error of what Firestore's client threw: `FirestoreRejected` for what a person must
 * change, `FirestoreUnavailable` for what time can heal.
 */
export function firestoreFailure(error: unknown, doing: string): AynaError {
  if (error instanceof AynaError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const rejected = REJECTIONS.has(code) || TOKEN_REFUSALS.has(code) || NOT_SET_UP.test(detail);
  return new AynaError(
    rejected ? 'FirestoreRejected' : 'FirestoreUnavailable',
    `${doing}: ${detail}`,
    { cause: error },
  );
}
