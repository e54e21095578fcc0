import type { Account } from '../accounts/account.ts';
import { demand, refusal } from '../http/api-error.ts';
import type { Directory } from '../projects/directory.ts';

/**
 * Does what a mailed code stands for: verifies, changes or restores the address of a user.
 *
 * @throws ApiError `INVALID_OOB_CODE`, `EMAIL_EXISTS`
 */
export function applyActionCode({ accounts, codes }: Directory, oobCode: string): Account {
  const code = codes.get(oobCode);
  demand(code, 'INVALID_OOB_CODE');
  const { requestType, email, newEmail } = code;
  switch (requestType) {
    case 'VERIFY_EMAIL': {
      const account = accounts.withEmail(email);
      demand(account, 'INVALID_OOB_CODE');
      codes.use(oobCode);
      return accounts.put({ ...account, emailVerified: true });
    }
    case 'VERIFY_AND_CHANGE_EMAIL': {
      const account = accounts.withEmail(email);
      demand(account && newEmail, 'INVALID_OOB_CODE');
      demand(!accounts.withEmail(newEmail), 'EMAIL_EXISTS');
      codes.use(oobCode);
      return accounts.put({ ...account, email: newEmail, emailVerified: true });
    }
    case 'RECOVER_EMAIL': {
      const account = accounts.withInitialEmail(email);
      demand(account, 'INVALID_OOB_CODE');
      demand(!accounts.withEmail(email), 'EMAIL_EXISTS');
      codes.use(oobCode);
      return accounts.put({ ...account, email, emailVerified: true });
    }
    case 'EMAIL_SIGNIN':
    case 'PASSWORD_RESET':
      throw refusal('INVALID_OOB_CODE');
  }
}
