import { z } from 'zod';
import { providersOf } from '../accounts/account.ts';
import { emailAddress, isEmailAddress } from '../accounts/contact.ts';
import { newPassword } from '../accounts/password.ts';
import { demand } from '../http/api-error.ts';
import { flag, text } from '../http/fields.ts';
import { accountOfToken, seconds } from '../tokens/id-token.ts';
import { operation, type Call } from './operation.ts';

const sendFields = z.object({
  requestType: text,
  email: text,
  newEmail: text,
  idToken: text,
  continueUrl: text,
  returnOobLink: flag,
});
type SendCall = Call<z.infer<typeof sendFields>>;

/** Makes the code that the service would mail. Servers get it back; tests list all of them. */
export const sendActionCode = operation(sendFields, (call) => {
  const { body, directory, admin, origin } = call;
  const { requestType, returnOobLink, continueUrl } = body;
  const kind = 'identitytoolkit#GetOobConfirmationCodeResponse';
  demand(requestType && requestType !== 'OOB_REQ_TYPE_UNSPECIFIED', 'MISSING_REQ_TYPE');
  demand(!returnOobLink || admin, 'INSUFFICIENT_PERMISSION');
  demand(!continueUrl || URL.canParse(continueUrl), 'INVALID_CONTINUE_URI');
  const { codes, tenantId } = directory;
  const send = (
    target: Pick<Parameters<typeof codes.create>[0], 'requestType' | 'email' | 'newEmail'>,
  ) => {
    const { email, oobCode, oobLink } = codes.create({ ...target, origin, continueUrl, tenantId });
    return { kind, email, ...(returnOobLink && { oobCode, oobLink }) };
  };
  switch (requestType) {
    case 'EMAIL_SIGNIN': {
      demand(admin || directory.policy.emailLink, 'OPERATION_NOT_ALLOWED');
      demand(body.email, 'MISSING_EMAIL');
      return send({ requestType, email: emailAddress(body.email) });
    }
    case 'PASSWORD_RESET': {
      demand(body.email, 'MISSING_EMAIL');
      const email = emailAddress(body.email);
      const isKnown = directory.accounts.withEmail(email) !== undefined;
      if (!isKnown && directory.policy.emailPrivacy) return { kind, email };
      demand(isKnown, 'EMAIL_NOT_FOUND');
      return send({ requestType, email });
    }
    case 'VERIFY_EMAIL':
      return send({ requestType, email: addressOfUser(call) });
    case 'VERIFY_AND_CHANGE_EMAIL': {
      demand(body.newEmail, 'MISSING_NEW_EMAIL');
      const newEmail = emailAddress(body.newEmail);
      const email = addressOfUser(call);
      demand(!directory.accounts.withEmail(newEmail), 'EMAIL_EXISTS');
      return send({ requestType, email, newEmail });
    }
    default:
      demand(false, 'INVALID_REQ_TYPE', requestType);
  }
});

/** The address that a server names or a token stands for. */
function addressOfUser({ body, directory }: SendCall): string {
  if (body.returnOobLink && !body.idToken) {
    demand(body.email, 'MISSING_EMAIL');
    const account = directory.accounts.withEmail(body.email);
    demand(account?.email, 'USER_NOT_FOUND');
    return account.email;
  }
  demand(body.idToken, 'MISSING_ID_TOKEN');
  const { email } = accountOfToken(directory, body.idToken).account;
  demand(email, 'MISSING_EMAIL');
  return email;
}

/** Tells what a code is for; with a new password, sets that. It also shows the address is theirs. */
export const resetPassword = operation(
  z.object({ oobCode: text, newPassword: text }),
  ({ body, directory, now }) => {
    const { accounts, codes, policy } = directory;
    demand(policy.password, 'PASSWORD_LOGIN_DISABLED');
    demand(body.oobCode, 'MISSING_OOB_CODE');
    const code = codes.get(body.oobCode);
    demand(code, 'INVALID_OOB_CODE');
    const { requestType, email, newEmail } = code;
    if (body.newPassword) {
      demand(requestType === 'PASSWORD_RESET', 'INVALID_OOB_CODE');
      const password = newPassword(body.newPassword, now);
      const account = accounts.withEmail(email);
      demand(account, 'INVALID_OOB_CODE');
      codes.use(body.oobCode);
      const validSince = String(seconds(now));
      accounts.put({
        ...account,
        emailVerified: true,
        password,
        validSince,
        identities: undefined,
      });
    }
    return {
      kind: 'identitytoolkit#ResetPasswordResponse',
      requestType,
      // A sign-in link must not tell whom it signs in.
      email: requestType === 'EMAIL_SIGNIN' ? undefined : email,
      newEmail,
    };
  },
);

/** How an address can sign in; nothing is told where addresses are private. */
export const createAuthUri = operation(
  z.object({ identifier: text, continueUri: text, sessionId: text }),
  ({ body, directory }) => {
    const kind = 'identitytoolkit#CreateAuthUriResponse';
    const { identifier, continueUri, sessionId = crypto.randomUUID() } = body;
    demand(identifier, 'MISSING_IDENTIFIER');
    demand(continueUri, 'MISSING_CONTINUE_URI');
    demand(isEmailAddress(identifier), 'INVALID_IDENTIFIER');
    demand(URL.canParse(continueUri), 'INVALID_CONTINUE_URI');
    if (directory.policy.emailPrivacy) return { kind, sessionId };
    const account = directory.accounts.withEmail(identifier);
    const providers = account ? providersOf(account).map(({ providerId }) => providerId) : [];
    const allProviders = providers.filter((providerId) => providerId !== 'phone');
    const signinMethods = allProviders.flatMap((providerId) =>
      providerId === 'password'
        ? [
            ...(account?.password ? ['password'] : []),
            ...(account?.emailLinkSignin ? ['emailLink'] : []),
          ]
        : [providerId],
    );
    return { kind, registered: account !== undefined, allProviders, sessionId, signinMethods };
  },
);
