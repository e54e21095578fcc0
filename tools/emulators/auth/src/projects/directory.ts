import type { Accounts } from '../accounts/accounts.ts';
import type { ActionCodes } from './action-codes.ts';

/** Which ways of signing in are open. */
export interface SignInPolicy {
  readonly password: boolean;
  readonly emailLink: boolean;
  readonly anonymous: boolean;
  /** Whether answers hide if an address has an account. */
  readonly emailPrivacy: boolean;
  readonly disabled: boolean;
}

/** The users of a project, or of one of its tenants, with what belongs to them. */
export interface Directory {
  readonly projectId: string;
  /** Undefined for the users of the project itself. */
  readonly tenantId: string | undefined;
  readonly accounts: Accounts;
  readonly codes: ActionCodes;
  readonly policy: SignInPolicy;
}
