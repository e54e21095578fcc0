/** What a token says, and whether somebody signed it. */
export interface DecodedJwt {
  readonly signed: boolean;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A JSON Web Token with the algorithm `none`, which only clients in emulator mode accept. */
export function unsignedJwt(payload: object): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `${encode({ alg: 'none', typ: 'JWT' })}.${encode(payload)}.`;
}

/** Reads a token without checking a signature; undefined when it is no token. */
export function decodeJwt(token: string): DecodedJwt | undefined {
  const [header, payload, signature, ...more] = token.split('.');
  if (signature === undefined || more.length > 0) return undefined;
  const { alg } = jsonObject(header) ?? {};
  const content = jsonObject(payload);
  return typeof alg === 'string' && content
    ? { signed: alg !== 'none', payload: content }
    : undefined;
}

function jsonObject(encoded = ''): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
