import { openAuthUsers } from '@ayna/firebase-auth';
import { wholeNumber } from '@ayna/platform';
import { DEFAULT_AUTH_THRESHOLDS } from './auth-thresholds.ts';
import {
  checkAuthUsers,
  type AuthCheckOptions,
  type AuthCheckSummary,
} from './check-auth-users.ts';

/** The variables of every program that checks the users, beside `checkSettings`. */
export const authCheckSettings = {
  CHECK_MAX_MISSING_IN_AUTH: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(
    DEFAULT_AUTH_THRESHOLDS.maxMissingInAuth,
  ),
};

/** Connects Firebase Auth for as long as it takes, and checks the users; see `checkAuthUsers`. */
export async function checkUsersOfProject(
  projectId: string,
  options: Omit<AuthCheckOptions, 'auth'>,
): Promise<AuthCheckSummary> {
  await using auth = await openAuthUsers(projectId);
  return await checkAuthUsers({ ...options, auth });
}
