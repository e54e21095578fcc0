import { z } from 'zod';
import { demand } from '../http/api-error.ts';
import { flag, text, texts } from '../http/fields.ts';
import { accountOfToken } from '../tokens/id-token.ts';
import { operation } from './operation.ts';

const MAX_AT_ONCE = 1000;

/** Deletes the user of a token or, for an administrator, of an id. */
export const deleteAccount = operation(
  z.object({ localId: text, idToken: text }),
  ({ body, directory, admin }) => {
    if (admin) {
      demand(body.localId, 'MISSING_LOCAL_ID');
      demand(directory.accounts.get(body.localId), 'USER_NOT_FOUND');
      directory.accounts.delete(body.localId);
    } else {
      demand(body.idToken, 'MISSING_ID_TOKEN');
      directory.accounts.delete(accountOfToken(directory, body.idToken).account.localId);
    }
    return { kind: 'identitytoolkit#DeleteAccountResponse' };
  },
);

/** Deletes many; unless forced, only those that are disabled. Who is not there counts as deleted. */
export const deleteAccounts = operation(
  z.object({ localIds: texts, force: flag }),
  ({ body: { localIds = [], force }, directory: { accounts } }) => {
    demand(localIds.length > 0 && localIds.length <= MAX_AT_ONCE, 'LOCAL_ID_LIST_EXCEEDS_LIMIT');
    const errors = localIds.flatMap((localId, index) => {
      const account = accounts.get(localId);
      if (account && !account.disabled && !force) {
        const message = 'NOT_DISABLED : Disable the account before batch deletion.';
        return [{ index, localId, message }];
      }
      accounts.delete(localId);
      return [];
    });
    return { errors: errors.length > 0 ? errors : undefined };
  },
);
