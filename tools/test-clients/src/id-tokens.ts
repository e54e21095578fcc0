const MILLIS_PER_SECOND = 1_000;
const HOUR_S = 3_600;

/**
 * An ID token of a user at an emulator of Firebase Auth, which makes the user when there is none.
 *
 * @param authHost `HOST:PORT` of the emulator
 * @param lastsSeconds until it runs out; below zero, since it has. @defaultValue an hour
 */
export async function idTokenOf(
  authHost: string,
  userId: string,
  lastsSeconds?: number,
): Promise<string> {
  const token = unsigned({
    uid: userId,
    sub: 'ayna@tests',
    iss: 'ayna@tests',
    aud: 'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit',
  });
  const response = await fetch(
    `http://${authHost}/identitytoolkit.googleapis.com/v1/accounts:signInWithCustomToken?key=any`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, returnSecureToken: true }),
    },
  );
  const { idToken } = (await response.json()) as { readonly idToken: string };
  if (lastsSeconds === undefined) return idToken;
  const [, body = ''] = idToken.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
  return unsigned({ ...claims, exp: nowSeconds() + lastsSeconds });
}

/** A token as emulators make and take them: signed by nobody. */
function unsigned(claims: Readonly<Record<string, unknown>>): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const times = { iat: nowSeconds(), exp: nowSeconds() + HOUR_S };
  return `${encode({ alg: 'none', typ: 'JWT' })}.${encode({ ...times, ...claims })}.`;
}

function nowSeconds(): number {
  return Math.floor(Date.now() / MILLIS_PER_SECOND);
}
