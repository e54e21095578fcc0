import { z } from 'zod';
import { providersOf, type Account } from '../accounts/account.ts';
import { checkCustomAttributes } from '../accounts/claims.ts';
import { emailAddress, phoneNumber } from '../accounts/contact.ts';
import { checkEnrollments, enrollmentFields } from '../accounts/enrollments.ts';
import { newPassword } from '../accounts/password.ts';
import { demand, notImplemented } from '../http/api-error.ts';
import { flag, text, texts } from '../http/fields.ts';
import { accountOfToken, seconds } from '../tokens/id-token.ts';
import { startSession } from '../tokens/session.ts';
import { applyActionCode } from './apply-action-code.ts';
import { operation, type Call } from './operation.ts';

const fields = z.object({
  idToken: text,
  localId: text,
  oobCode: text,
  email: text,
  emailVerified: flag,
  password: text,
  phoneNumber: text,
  displayName: text,
  photoUrl: text,
  disableUser: flag,
  customAttributes: text,
  validSince: text,
  createdAt: text,
  lastLoginAt: text,
  deleteAttribute: texts,
  deleteProvider: texts,
  mfa: z.object({ enrollments: z.array(enrollmentFields).optional() }).optional(),
  linkProviderUserInfo: z
    .object({
      providerId: text,
      rawId: text,
      email: text,
      displayName: text,
      photoUrl: text,
      phoneNumber: text,
    })
    .optional(),
});
type UpdateCall = Call<z.infer<typeof fields>>;

/** Changes the user of a token or, for an administrator, of an id; or does what a code says. */
export const updateAccount = operation(fields, (call) => {
  const { body, directory, admin, now, origin } = call;
  demand(
    [admin, body.idToken, body.oobCode].some(Boolean),
    'INVALID_REQ_TYPE',
    'Unsupported request parameters.',
  );
  demand(admin || body.customAttributes === undefined, 'INSUFFICIENT_PERMISSION');
  if (body.oobCode) return updateAnswer(applyActionCode(directory, body.oobCode));

  const { account: before, provider } = accountToChange(call);
  const credentials = credentialChanges(before, call);
  const changed = removals(
    {
      ...before,
      ...credentials,
      ...profileChanges(call),
      ...(admin && adminChanges(before, call)),
      ...(body.linkProviderUserInfo && { identities: linked(before, call) }),
    },
    call,
  );
  const account = directory.accounts.put(changed);
  const { initialEmail, localId } = account;
  if (credentials.initialEmail !== undefined && initialEmail !== undefined) {
    directory.codes.create({ requestType: 'RECOVER_EMAIL', email: initialEmail, origin });
  }
  const signedInBy = body.password ? 'password' : provider;
  const renewed = account.validSince !== before.validSince && signedInBy !== undefined;
  return {
    ...updateAnswer(directory.accounts.get(localId) ?? account),
    newEmail: credentials.email,
    ...(renewed && !admin && startSession(directory, account, { provider: signedInBy }, now)),
  };
});

function updateAnswer(account: Account): object {
  const { localId, email, emailVerified, displayName, photoUrl, password } = account;
  return {
    kind: 'identitytoolkit#SetAccountInfoResponse',
    localId,
    email,
    emailVerified,
    displayName,
    photoUrl,
    passwordHash: password?.hash,
    providerUserInfo: providersOf(account),
  };
}

function accountToChange({ body, directory, admin }: UpdateCall): {
  account: Account;
  provider: string | undefined;
} {
  if (body.idToken) {
    const { account, provider } = accountOfToken(directory, body.idToken);
    demand(body.disableUser === undefined, 'OPERATION_NOT_ALLOWED');
    return { account, provider };
  }
  demand(admin && body.localId, 'MISSING_LOCAL_ID');
  const account = directory.accounts.get(body.localId);
  demand(account, 'USER_NOT_FOUND');
  return { account, provider: undefined };
}

/** A new address or password revokes the tokens issued before. */
function credentialChanges(
  before: Account,
  { body, directory, now }: UpdateCall,
): Partial<Account> {
  const email = body.email ? emailAddress(body.email) : undefined;
  const isNewEmail = email !== undefined && email !== before.email;
  demand(!isNewEmail || !directory.accounts.withEmail(email), 'EMAIL_EXISTS');
  return {
    ...(isNewEmail && { email, emailVerified: false }),
    ...(isNewEmail && before.email && !before.initialEmail && { initialEmail: before.email }),
    ...(body.password && { password: newPassword(body.password, now) }),
    ...((isNewEmail || body.password) && { validSince: String(seconds(now)) }),
  };
}

function profileChanges({ body, now }: UpdateCall): Partial<Account> {
  const { displayName, photoUrl, mfa } = body;
  return {
    ...(displayName !== undefined && { displayName }),
    ...(photoUrl !== undefined && { photoUrl }),
    ...(mfa && {
      enrollments: mfa.enrollments?.length ? checkEnrollments(mfa.enrollments, now) : undefined,
    }),
  };
}

function adminChanges(before: Account, { body, directory }: UpdateCall): Partial<Account> {
  const phone = body.phoneNumber ? phoneNumber(body.phoneNumber) : undefined;
  if (body.phoneNumber) demand(phone, 'INVALID_PHONE_NUMBER', 'Invalid format.');
  const owner = phone === undefined ? undefined : directory.accounts.withPhone(phone);
  demand(!owner || owner.localId === before.localId, 'PHONE_NUMBER_EXISTS');
  const { emailVerified, disableUser, customAttributes, validSince, createdAt, lastLoginAt } = body;
  return {
    ...(phone !== undefined && { phoneNumber: phone }),
    ...(emailVerified !== undefined && { emailVerified }),
    ...(disableUser !== undefined && { disabled: disableUser }),
    ...(customAttributes !== undefined && {
      customAttributes: checkCustomAttributes(customAttributes),
    }),
    ...(validSince !== undefined && { validSince }),
    ...(createdAt !== undefined && { createdAt }),
    ...(lastLoginAt !== undefined && { lastLoginAt }),
  };
}

function linked(before: Account, { body, directory }: UpdateCall): Account['identities'] {
  const { providerId, rawId, ...profile } = body.linkProviderUserInfo ?? {};
  demand(providerId, 'MISSING_PROVIDER_ID');
  demand(rawId, 'MISSING_RAW_ID');
  const owner = directory.accounts.withIdentity(providerId, rawId);
  demand(!owner || owner.localId === before.localId, 'FEDERATED_USER_ID_ALREADY_LINKED');
  const others = (before.identities ?? []).filter((other) => other.providerId !== providerId);
  return [...others, { providerId, rawId, federatedId: rawId, ...profile }];
}

function removals(account: Account, { body }: UpdateCall): Account {
  const attributes = body.deleteAttribute ?? [];
  const providers = body.deleteProvider ?? [];
  const unknown = attributes.find((it) => it === 'PROVIDER' || it === 'RAW_USER_INFO');
  if (unknown !== undefined) throw notImplemented(`Deleting ${unknown}`);
  const isGone = (attribute: string) => attributes.includes(attribute);
  const losesPassword = providers.includes('password');
  const kept = {
    ...account,
    ...(isGone('DISPLAY_NAME') && { displayName: undefined }),
    ...(isGone('PHOTO_URL') && { photoUrl: undefined }),
    ...((isGone('PASSWORD') || losesPassword) && { password: undefined }),
    ...((isGone('EMAIL') || losesPassword) && {
      email: undefined,
      emailVerified: undefined,
      emailLinkSignin: undefined,
    }),
    ...(providers.includes('phone') && { phoneNumber: undefined }),
  };
  const identities = account.identities?.filter(
    ({ providerId }) => !providers.includes(providerId),
  );
  return { ...kept, identities };
}
