import { demand, refusal } from '../http/api-error.ts';

const MAX_LENGTH = 1000;

/** Names that tokens use for themselves. */
const RESERVED = [
  'iss',
  'aud',
  'sub',
  'iat',
  'exp',
  'nbf',
  'jti',
  'nonce',
  'azp',
  'acr',
  'amr',
  'cnf',
  'auth_time',
  'firebase',
  'at_hash',
  'c_hash',
];

export type Claims = Readonly<Record<string, unknown>>;

/**
 * Refuses claims that a token must not carry.
 *
 * @throws ApiError `INVALID_CLAIMS`, `FORBIDDEN_CLAIM`
 */
export function checkClaims(claims: unknown): Claims {
  demand(typeof claims === 'object' && claims && !Array.isArray(claims), 'INVALID_CLAIMS');
  const reserved = RESERVED.find((name) => name in claims);
  if (reserved !== undefined) throw refusal('FORBIDDEN_CLAIM', reserved);
  return claims as Claims;
}

/**
 * Refuses the JSON of claims that an account must not have.
 *
 * @throws ApiError `CLAIMS_TOO_LARGE`, `INVALID_CLAIMS`, `FORBIDDEN_CLAIM`
 */
export function checkCustomAttributes(json: string): string {
  demand(json.length <= MAX_LENGTH, 'CLAIMS_TOO_LARGE');
  let claims: unknown;
  try {
    claims = JSON.parse(json);
  } catch {
    throw refusal('INVALID_CLAIMS');
  }
  checkClaims(claims);
  return json;
}
