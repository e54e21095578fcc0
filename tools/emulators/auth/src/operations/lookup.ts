import { z } from 'zod';
import { accountResource, type Account } from '../accounts/account.ts';
import { demand } from '../http/api-error.ts';
import { text, texts } from '../http/fields.ts';
import { accountOfToken } from '../tokens/id-token.ts';
import { operation } from './operation.ts';

const fields = z.object({
  idToken: text,
  localId: texts,
  email: texts,
  phoneNumber: texts,
  federatedUserId: z.array(z.object({ providerId: text, rawId: text })).optional(),
});

/** The user of a token; for an administrator, every user that an identifier leads to, once. */
export const lookup = operation(fields, ({ body, directory, admin }) => {
  const kind = 'identitytoolkit#GetAccountInfoResponse';
  if (!admin) {
    demand(body.idToken, 'MISSING_ID_TOKEN');
    return { kind, users: [accountResource(accountOfToken(directory, body.idToken).account)] };
  }
  const { accounts } = directory;
  const found = new Set<Account | undefined>([
    ...(body.localId ?? []).map((localId) => accounts.get(localId)),
    ...(body.email ?? []).map((email) => accounts.withEmail(email)),
    ...(body.phoneNumber ?? []).map((phone) => accounts.withPhone(phone)),
    ...(body.federatedUserId ?? []).map(({ providerId = '', rawId = '' }) =>
      accounts.withIdentity(providerId, rawId),
    ),
  ]);
  found.delete(undefined);
  const users = [...found].map((account) => account && accountResource(account));
  // Clients take an empty list for a user; the service leaves it out.
  return { kind, users: users.length > 0 ? users : undefined };
});
