import { randomBytes } from 'node:crypto';
import { demand } from '../http/api-error.ts';
import type { Account, Password } from './account.ts';

const MIN_LENGTH = 6;

/**
 * A password to be kept. Nothing is hashed: this is an emulator, and a hash that reads as none
 * cannot be taken for one. Its form is that of the Firebase emulator, so that exports of one can
 * be imported into the other.
 *
 * @throws ApiError `WEAK_PASSWORD`
 */
export function newPassword(password: string, now: number): Password {
  demand(
    password.length >= MIN_LENGTH,
    'WEAK_PASSWORD',
    `Password should be at least ${MIN_LENGTH} characters`,
  );
  const salt = `fakeSalt${randomBytes(15).toString('base64url')}`;
  return { hash: readableHash(password, salt), salt, updatedAt: now };
}

export function passwordMatches(account: Account, password: string): boolean {
  const kept = account.password;
  if (!kept) return false;
  return kept.hash === readableHash(password, kept.salt ?? '') || !!kept.imported?.(password);
}

function readableHash(password: string, salt: string): string {
  return `fakeHash:salt=${salt}:password=${password}`;
}
