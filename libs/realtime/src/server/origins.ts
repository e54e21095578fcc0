/**
 * Whether a page of that origin may connect. Programs send no origin: a token decides about them,
 * as it does about pages.
 */
export function originAllowed(
  origin: string | undefined,
  allowed: readonly string[] | undefined,
): boolean {
  return origin === undefined || allowed === undefined || allowed.includes(origin);
}
