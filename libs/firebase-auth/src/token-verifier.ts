import { authFailure } from './auth-failure.ts';

/** Whom a token stands for. */
export interface VerifiedToken {
  readonly userId: string;
  readonly expiresAt: Date;
}

/** Checks Firebase ID tokens. */
export interface TokenVerifier extends AsyncDisposable {
  /**
   * Whom a token stands for; undefined when it is none, forged, expired, of another project, or
   * when its user is gone.
   *
   * @throws AynaError `AuthUnavailable` when that cannot be told now, `AuthRejected` when somebody
   * has to act first
   */
  verify(token: string): Promise<VerifiedToken | undefined>;
  /** Lets go of the connections. Safe to call twice. */
  close(): Promise<void>;
}

export interface TokenVerifierOptions {
  /**
   * Whether Firebase Auth is asked, for each token, if its user was disabled or its session revoked
   * since. Without it a token counts until it runs out, which is within the hour.
   * @defaultValue false
   */
  readonly checkRevoked?: boolean;
}

/** What firebase-admin says of a token that proves nothing. */
const BAD_TOKEN: ReadonlySet<unknown> = new Set([
  'auth/argument-error',
  'auth/id-token-expired',
  'auth/id-token-revoked',
  'auth/invalid-argument',
  'auth/invalid-id-token',
  'auth/mismatching-tenant-id',
  'auth/user-disabled',
  'auth/user-not-found',
]);

const MILLIS_PER_SECOND = 1_000;

/**
 * Checks the tokens of a project, or of the emulator that `FIREBASE_AUTH_EMULATOR_HOST` names.
 * Firebase's public keys are fetched at the first token. The client library, which is large, is
 * loaded here and not before.
 */
export async function openTokenVerifier(
  projectId: string,
  { checkRevoked = false }: TokenVerifierOptions = {},
): Promise<TokenVerifier> {
  const [{ deleteApp, initializeApp }, { getAuth }] = await Promise.all([
    import('firebase-admin/app'),
    import('firebase-admin/auth'),
  ]);
  const app = initializeApp({ projectId }, `token-verifier-${crypto.randomUUID()}`);
  const auth = getAuth(app);
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= deleteApp(app));
  return {
    async verify(token) {
      try {
        const { uid, exp } = await auth.verifyIdToken(token, checkRevoked);
        return { userId: uid, expiresAt: new Date(exp * MILLIS_PER_SECOND) };
      } catch (error) {
        if (error instanceof Error && 'code' in error && BAD_TOKEN.has(error.code)) {
          return undefined;
        }
        throw authFailure(error, 'checking an ID token');
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
