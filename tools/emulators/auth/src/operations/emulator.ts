import { z } from 'zod';
import { newPassword } from '../accounts/password.ts';
import { demand, refusal } from '../http/api-error.ts';
import { member } from '../projects/masked-update.ts';
import { seconds } from '../tokens/id-token.ts';
import { applyActionCode } from './apply-action-code.ts';
import { operation } from './operation.ts';

const anything = z.looseObject({});

/** Deletes every user; codes stay, as somebody may still follow a link. */
export const clearAccounts = operation(anything, ({ directory }) => {
  directory.accounts.clear();
  return {};
});

export const listActionCodes = operation(anything, ({ directory }) => ({
  oobCodes: directory.codes.list(),
}));

/** Phones are not part of this emulator, so there never is a code. */
export const listVerificationCodes = operation(anything, () => ({ verificationCodes: [] }));

export const getEmulatorConfig = operation(anything, ({ project }) => {
  const { resource } = project;
  return {
    signIn: { allowDuplicateEmails: member(resource, 'signIn').allowDuplicateEmails === true },
    emailPrivacyConfig: { enableImprovedEmailPrivacy: project.policy.emailPrivacy },
  };
});

export const updateEmulatorConfig = operation(anything, (call) => {
  call.project.update(call.body, '');
  return getEmulatorConfig(call, {});
});

/** What following the link of a mail does. */
export const followActionLink = operation(anything, ({ directory, query, now }) => {
  const oobCode = query.get('oobCode') ?? '';
  const continueUrl = query.get('continueUrl');
  const code = directory.codes.get(oobCode);
  demand(code, 'INVALID_OOB_CODE');
  switch (code.requestType) {
    case 'PASSWORD_RESET': {
      const password = query.get('newPassword');
      if (!password) throw refusal('MISSING_PASSWORD', 'Add &newPassword=… to the link.');
      const account = directory.accounts.withEmail(code.email);
      demand(account, 'INVALID_OOB_CODE');
      directory.codes.use(oobCode);
      directory.accounts.put({
        ...account,
        emailVerified: true,
        password: newPassword(password, now),
        validSince: String(seconds(now)),
      });
      return { success: 'The password has been set.', email: code.email, continueUrl };
    }
    case 'EMAIL_SIGNIN':
      return { success: 'Give this link to signInWithEmailLink.', email: code.email, continueUrl };
    default: {
      const { email } = applyActionCode(directory, oobCode);
      return { success: 'The address has been confirmed.', email, continueUrl };
    }
  }
});
