import { createAuthUri, resetPassword, sendActionCode } from '../operations/action-codes.ts';
import { deleteAccount, deleteAccounts } from '../operations/delete-account.ts';
import {
  clearAccounts,
  followActionLink,
  getEmulatorConfig,
  listActionCodes,
  listVerificationCodes,
  updateEmulatorConfig,
} from '../operations/emulator.ts';
import { importAccounts } from '../operations/import-accounts.ts';
import { listAccounts, queryAccounts } from '../operations/list-accounts.ts';
import { lookup } from '../operations/lookup.ts';
import type { Operation } from '../operations/operation.ts';
import {
  createTenant,
  deleteTenant,
  getConfig,
  getPasswordPolicy,
  getPublicConfig,
  getRecaptchaConfig,
  getRecaptchaParameters,
  getTenant,
  listTenants,
  updateConfig,
  updateTenant,
} from '../operations/settings.ts';
import {
  signInWithCustomToken,
  signInWithEmailLink,
  signInWithPassword,
} from '../operations/sign-in.ts';
import { signUp } from '../operations/sign-up.ts';
import { createSessionCookie, grantToken } from '../operations/tokens.ts';
import { updateAccount } from '../operations/update-account.ts';

/** Who may call: only servers, anybody with an API key, or anybody. */
type Access = 'admin' | 'key' | 'open';

export interface Route {
  readonly method: string;
  /** The segments after the name of the service; `{name}` stands for one of them. */
  readonly pattern: RegExp;
  readonly access: Access;
  readonly run: Operation;
}

const V1 = '/identitytoolkit.googleapis.com/v1';
const V2 = '/identitytoolkit.googleapis.com/v2';

/** What clients call with an API key, or with the rights of a server. */
const clientOperations: Readonly<Record<string, Operation>> = {
  'accounts:signUp': signUp,
  'accounts:lookup': lookup,
  'accounts:update': updateAccount,
  'accounts:delete': deleteAccount,
  'accounts:sendOobCode': sendActionCode,
  'accounts:resetPassword': resetPassword,
  'accounts:signInWithPassword': signInWithPassword,
  'accounts:signInWithCustomToken': signInWithCustomToken,
  'accounts:signInWithEmailLink': signInWithEmailLink,
  'accounts:createAuthUri': createAuthUri,
};

/** What servers call for a project or one of its tenants. */
const directoryOperations: Readonly<Record<string, Operation>> = {
  '/accounts': signUp,
  '/accounts:lookup': lookup,
  '/accounts:update': updateAccount,
  '/accounts:delete': deleteAccount,
  '/accounts:batchDelete': deleteAccounts,
  '/accounts:batchCreate': importAccounts,
  '/accounts:query': queryAccounts,
  '/accounts:sendOobCode': sendActionCode,
  ':createSessionCookie': createSessionCookie,
};

function route(method: string, path: string, access: Access, run: Operation): Route {
  const source = path
    .replace(/[.]/g, '\\.')
    .replace(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>[^/:]+)`);
  return { method, pattern: new RegExp(`^${source}$`), access, run };
}

function directoryRoutes(prefix: string): Route[] {
  return [
    ...Object.entries(directoryOperations).map(([path, run]) =>
      route('POST', `${prefix}${path}`, 'admin', run),
    ),
    route('GET', `${prefix}/accounts:batchGet`, 'admin', listAccounts),
  ];
}

const EMULATOR = '/emulator/v1/projects/{project}';

export const routes: readonly Route[] = [
  ...Object.entries(clientOperations).map(([path, run]) =>
    route('POST', `${V1}/${path}`, 'key', run),
  ),
  ...directoryRoutes(`${V1}/projects/{project}`),
  ...directoryRoutes(`${V1}/projects/{project}/tenants/{tenant}`),
  route('POST', '/securetoken.googleapis.com/v1/token', 'key', grantToken),
  route('GET', `${V1}/projects`, 'key', getPublicConfig),
  route('GET', `${V1}/recaptchaParams`, 'key', getRecaptchaParameters),
  route('GET', `${V2}/recaptchaConfig`, 'key', getRecaptchaConfig),
  route('GET', `${V2}/passwordPolicy`, 'key', getPasswordPolicy),
  route('GET', `${V2}/projects/{project}/config`, 'admin', getConfig),
  route('PATCH', `${V2}/projects/{project}/config`, 'admin', updateConfig),
  route('POST', `${V2}/projects/{project}/tenants`, 'admin', createTenant),
  route('GET', `${V2}/projects/{project}/tenants`, 'admin', listTenants),
  route('GET', `${V2}/projects/{project}/tenants/{tenant}`, 'admin', getTenant),
  route('PATCH', `${V2}/projects/{project}/tenants/{tenant}`, 'admin', updateTenant),
  route('DELETE', `${V2}/projects/{project}/tenants/{tenant}`, 'admin', deleteTenant),
  route('DELETE', `${EMULATOR}/accounts`, 'open', clearAccounts),
  route('DELETE', `${EMULATOR}/tenants/{tenant}/accounts`, 'open', clearAccounts),
  route('GET', `${EMULATOR}/config`, 'open', getEmulatorConfig),
  route('PATCH', `${EMULATOR}/config`, 'open', updateEmulatorConfig),
  route('GET', `${EMULATOR}/oobCodes`, 'open', listActionCodes),
  route('GET', `${EMULATOR}/tenants/{tenant}/oobCodes`, 'open', listActionCodes),
  route('GET', `${EMULATOR}/verificationCodes`, 'open', listVerificationCodes),
  route('GET', '/emulator/action', 'open', followActionLink),
];
