import { demand } from '../http/api-error.ts';

/**
 * The address in the form it is kept and found in.
 *
 * @throws ApiError `INVALID_EMAIL`
 */
export function emailAddress(email: string): string {
  demand(isEmailAddress(email), 'INVALID_EMAIL');
  return email.toLowerCase();
}

/** Anything on both sides of one `@`; the service takes a little less. */
export function isEmailAddress(email: string): boolean {
  return /^[^@]+@[^@]+$/.test(email);
}

/** A number in E.164, without what people write between digits; undefined when it is none. */
export function phoneNumber(written: string): string | undefined {
  const number = written.replace(/[\s().-]/g, '');
  return /^\+[0-9]{3,15}$/.test(number) ? number : undefined;
}
