import { z } from 'zod';
import type { Account, ProviderIdentity } from '../accounts/account.ts';
import { checkCustomAttributes } from '../accounts/claims.ts';
import { isEmailAddress, phoneNumber } from '../accounts/contact.ts';
import { checkEnrollments, enrollmentFields } from '../accounts/enrollments.ts';
import { hashFields, hashVerifier } from '../accounts/imported-hash.ts';
import { newPassword } from '../accounts/password.ts';
import { ApiError, demand, refusal } from '../http/api-error.ts';
import { flag, text } from '../http/fields.ts';
import type { Directory } from '../projects/directory.ts';
import { seconds } from '../tokens/id-token.ts';
import { operation } from './operation.ts';

const MAX_AT_ONCE = 1000;

const userFields = z.object({
  localId: text,
  email: text,
  emailVerified: flag,
  displayName: text,
  photoUrl: text,
  phoneNumber: text,
  disabled: flag,
  passwordHash: text,
  salt: text,
  rawPassword: text,
  customAttributes: text,
  createdAt: text,
  lastLoginAt: text,
  tenantId: text,
  providerUserInfo: z
    .array(
      z.object({
        providerId: text,
        rawId: text,
        federatedId: text,
        email: text,
        displayName: text,
        photoUrl: text,
        phoneNumber: text,
      }),
    )
    .optional(),
  mfaInfo: z.array(enrollmentFields).optional(),
});
type ImportedUser = z.infer<typeof userFields>;

const fields = z.object({
  users: z.array(userFields).optional(),
  allowOverwrite: flag,
  sanityCheck: flag,
  ...hashFields,
});
type Import = z.infer<typeof fields>;

/** Puts users in as they were elsewhere. Each stands for itself: the answer lists those refused. */
export const importAccounts = operation(fields, ({ body, directory, now }) => {
  const users = body.users ?? [];
  demand(users.length > 0, 'MISSING_USER_ACCOUNT');
  demand(users.length <= MAX_AT_ONCE, 'MAXIMUM_USER_COUNT_EXCEEDED');
  checkRepetitions(users, body);
  const error = users.flatMap((user, index) => {
    try {
      directory.accounts.put(importedAccount(user, body, directory, now));
      return [];
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      return [
        { index, message: plainMessages[failure.message.split(' ')[0] ?? ''] ?? failure.message },
      ];
    }
  });
  return { kind: 'identitytoolkit#UploadAccountResponse', error };
});

/** The service words these refusals otherwise than elsewhere. */
const plainMessages: Readonly<Record<string, string>> = {
  INVALID_CLAIMS: 'Invalid custom claims provided.',
  CLAIMS_TOO_LARGE: 'Custom claims provided are too large.',
  FORBIDDEN_CLAIM: 'Custom claims provided include a reserved claim.',
};

function checkRepetitions(users: readonly ImportedUser[], { allowOverwrite, sanityCheck }: Import) {
  if (sanityCheck) {
    const email = repeated(users.flatMap((user) => user.email ?? []));
    if (email !== undefined) throw refusal('DUPLICATE_EMAIL', email);
    const identity = repeated(
      users.flatMap((user) =>
        (user.providerUserInfo ?? []).map(
          ({ providerId, rawId }) => `Provider id(${providerId ?? ''}), Raw id(${rawId ?? ''})`,
        ),
      ),
    );
    if (identity !== undefined) throw refusal('DUPLICATE_RAW_ID', identity);
  }
  const localId = allowOverwrite ? undefined : repeated(users.map((user) => user.localId ?? ''));
  if (localId !== undefined) throw refusal('DUPLICATE_LOCAL_ID', localId);
}

function importedAccount(
  user: ImportedUser,
  request: Import,
  { accounts, tenantId }: Directory,
  now: number,
): Account {
  const { localId, email } = user;
  demand(localId, 'localId is missing');
  demand(
    user.tenantId === undefined || user.tenantId === tenantId,
    'Tenant id in userInfo does not match the tenant id in request.',
  );
  demand(
    request.allowOverwrite === true || !accounts.get(localId),
    'localId belongs to an existing account - can not overwrite.',
  );
  demand(!email || isEmailAddress(email), 'email is invalid');
  const emailOwner = email ? accounts.withEmail(email) : undefined;
  demand(
    !emailOwner || emailOwner.localId === localId,
    'email exists in other account in database',
  );
  const phone = user.phoneNumber ? phoneNumber(user.phoneNumber) : undefined;
  demand(!user.phoneNumber || phone, 'phone number format is invalid');
  const phoneOwner = phone === undefined ? undefined : accounts.withPhone(phone);
  demand(
    !phoneOwner || phoneOwner.localId === localId,
    'phone number exists in other account in database',
  );
  const identities = (user.providerUserInfo ?? [])
    .filter(({ providerId = '' }) => !['password', 'phone'].includes(providerId))
    .map(({ providerId, rawId, ...profile }): ProviderIdentity => {
      demand(providerId && rawId, 'federatedId or (providerId & rawId) is required');
      const owner = accounts.withIdentity(providerId, rawId);
      demand(!owner || owner.localId === localId, 'raw id exists in other account in database');
      return { providerId, rawId, ...profile };
    });
  if (user.mfaInfo?.length) {
    demand(email, 'Second factor account requires email to be presented.');
    demand(user.emailVerified, 'Second factor account requires email to be verified.');
  }
  return {
    localId,
    email: email?.toLowerCase(),
    emailVerified: user.emailVerified ?? false,
    displayName: user.displayName,
    photoUrl: user.photoUrl,
    phoneNumber: phone,
    disabled: user.disabled ?? false,
    password: importedPassword(user, request, now),
    customAttributes: user.customAttributes
      ? checkCustomAttributes(user.customAttributes)
      : undefined,
    identities,
    enrollments: user.mfaInfo?.length ? checkEnrollments(user.mfaInfo, now) : undefined,
    validSince: String(seconds(now)),
    createdAt: user.createdAt ?? String(now),
    lastLoginAt: user.lastLoginAt,
    tenantId,
  };
}

function importedPassword(user: ImportedUser, request: Import, now: number): Account['password'] {
  const { passwordHash: hash, salt, rawPassword } = user;
  if (hash) return { hash, salt, updatedAt: now, imported: hashVerifier(request, hash, salt) };
  return rawPassword ? newPassword(rawPassword, now) : undefined;
}

function repeated(values: readonly string[]): string | undefined {
  return values.find((value, index) => values.indexOf(value) !== index);
}
