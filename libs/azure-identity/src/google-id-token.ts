/**
 * An ID token of the service account that this program runs as in Google Cloud, from the metadata
 * server (https://docs.cloud.google.com/run/docs/securing/service-identity#identity_tokens). The
 * token is never part of what is thrown.
 *
 * @param audience whom the token is for
 * @throws Error when there is no metadata server, or it gives no token
 */
export async function googleIdToken(audience: string): Promise<string> {
  const { instance } = await import('gcp-metadata');
  let token: unknown;
  try {
    token = await instance<unknown>({
      property: 'service-accounts/default/identity',
      params: { audience, format: 'full' },
    });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Google's metadata server gives no ID token for Azure: ${detail}`, { cause });
  }
  if (typeof token === 'string' && token !== '') return token;
  throw new Error("Google's metadata server answers without an ID token for Azure");
}
