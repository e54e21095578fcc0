import { randomBytes } from 'node:crypto';

type ActionType =
  'EMAIL_SIGNIN' | 'PASSWORD_RESET' | 'VERIFY_EMAIL' | 'VERIFY_AND_CHANGE_EMAIL' | 'RECOVER_EMAIL';

/** What the service would have sent in a mail. */
export interface ActionCode {
  readonly requestType: ActionType;
  readonly email: string;
  readonly newEmail?: string | undefined;
  readonly oobCode: string;
  readonly oobLink: string;
}

/** How links name what they do. */
const actionModes: Readonly<Record<ActionType, string>> = {
  EMAIL_SIGNIN: 'signIn',
  PASSWORD_RESET: 'resetPassword',
  VERIFY_EMAIL: 'verifyEmail',
  VERIFY_AND_CHANGE_EMAIL: 'verifyAndChangeEmail',
  RECOVER_EMAIL: 'recoverEmail',
};

export interface ActionCodeRequest extends Omit<ActionCode, 'oobCode' | 'oobLink'> {
  /** Where the emulator is reached: `http://127.0.0.1:9099`. */
  readonly origin: string;
  readonly continueUrl?: string | undefined;
  readonly tenantId?: string | undefined;
}

/** The codes that have been sent and not yet used. */
export class ActionCodes {
  readonly #codes = new Map<string, ActionCode>();

  create({ origin, continueUrl, tenantId, ...code }: ActionCodeRequest): ActionCode {
    const oobCode = randomBytes(40).toString('base64url');
    const link = new URL('/emulator/action', origin);
    link.searchParams.set('mode', actionModes[code.requestType]);
    link.searchParams.set('lang', 'en');
    link.searchParams.set('oobCode', oobCode);
    link.searchParams.set('apiKey', 'fake-api-key');
    if (continueUrl !== undefined) link.searchParams.set('continueUrl', continueUrl);
    if (tenantId !== undefined) link.searchParams.set('tenantId', tenantId);
    const created = { ...code, oobCode, oobLink: link.href };
    this.#codes.set(oobCode, created);
    return created;
  }

  get(oobCode: string): ActionCode | undefined {
    return this.#codes.get(oobCode);
  }

  /** A code works once. */
  use(oobCode: string): void {
    this.#codes.delete(oobCode);
  }

  list(): ActionCode[] {
    return [...this.#codes.values()];
  }
}
