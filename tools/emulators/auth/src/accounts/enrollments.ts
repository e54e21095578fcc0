import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { demand } from '../http/api-error.ts';
import { text } from '../http/fields.ts';
import type { Enrollment } from './account.ts';
import { phoneNumber } from './contact.ts';

export const enrollmentFields = z.object({
  mfaEnrollmentId: text,
  phoneInfo: text,
  displayName: text,
  enrolledAt: text,
});

/**
 * Second factors as they are kept. One without an id gets one; of two with the same number the
 * first stays.
 *
 * @throws ApiError `INVALID_MFA_PHONE_NUMBER`, `DUPLICATE_MFA_ENROLLMENT_ID`
 */
export function checkEnrollments(
  wanted: readonly z.infer<typeof enrollmentFields>[],
  now: number,
): Enrollment[] {
  const enrollments: Enrollment[] = [];
  for (const { mfaEnrollmentId, phoneInfo, displayName, enrolledAt } of wanted) {
    const number = phoneNumber(phoneInfo ?? '');
    demand(number !== undefined, 'INVALID_MFA_PHONE_NUMBER', 'Invalid format.');
    if (enrollments.some((other) => other.phoneInfo === number)) continue;
    const isTaken = enrollments.some((other) => other.mfaEnrollmentId === mfaEnrollmentId);
    demand(mfaEnrollmentId === undefined || !isTaken, 'DUPLICATE_MFA_ENROLLMENT_ID');
    enrollments.push({
      mfaEnrollmentId: mfaEnrollmentId ?? randomBytes(21).toString('base64url'),
      phoneInfo: number,
      displayName,
      enrolledAt: enrolledAt ?? new Date(now).toISOString(),
    });
  }
  return enrollments;
}
