import { TIME_IS_UP, within } from '@ayna/platform';
import { azureCredential } from './azure-credential.ts';

/** The version of the contract between Google's libraries and the program that they ask. */
const CONTRACT_VERSION = 1;
const MS_PER_SECOND = 1_000;
/** Google's libraries end an executable after 30 s, and have no reason to give then. */
const TIMEOUT_MS = 25_000;

/**
 * Answers a client library of Google that wants to know who asks: the answer is a token of Entra ID
 * for the managed identity of this machine or container, which Google's security token service takes
 * in exchange. For a program that `credential_source.executable.command` of a configuration of
 * `external_account` names (https://google.aip.dev/auth/4117). Such a configuration cannot name the
 * endpoint of Container Apps by itself: its address and the header that goes with it are in the
 * environment of the container, as `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`
 * (https://learn.microsoft.com/azure/container-apps/managed-identity).
 *
 * A failure is answered too, in one sentence, so that it ends up in the error of the library.
 *
 * @param resource the Application ID URI that the token is for, as the workload identity pool's
 * provider expects it: `api://...`
 * @returns one line of JSON, for the standard output; nothing else may be written there or to
 * standard error, as Google's library reads both
 */
export async function answerGoogle(resource: string | undefined): Promise<string> {
  try {
    if (resource === undefined || resource === '') {
      return failure('ConfigInvalid', 'the command names no resource: expected api://...');
    }
    const { AZURE_CLIENT_ID: clientId } = process.env;
    const credential = azureCredential({ clientId, managedIdentityOnly: true });
    const token = await within(TIMEOUT_MS, credential.getToken(`${resource}/.default`));
    if (token === TIME_IS_UP) return failure('NoAnswer', 'Azure gives no token in time');
    if (!token) return failure('NoToken', 'the managed identity has no token');
    return JSON.stringify({
      version: CONTRACT_VERSION,
      success: true,
      token_type: 'urn:ietf:params:oauth:token-type:jwt',
      id_token: token.token,
      expiration_time: Math.floor(token.expiresOnTimestamp / MS_PER_SECOND),
    });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return failure('NoToken', `Azure gives no token for ${resource ?? ''}: ${gistOf(detail)}`);
  }
}

/** MSAL's errors are a list of fields, one of which says what happened; the others are seldom filled. */
function gistOf(detail: string): string {
  return / - Description: (.*?) - (?:Correlation|Trace) ID: /s.exec(detail)?.[1] ?? detail;
}

function failure(code: string, message: string): string {
  const oneLine = message.replaceAll(/\s+/g, ' ').trim();
  return JSON.stringify({ version: CONTRACT_VERSION, success: false, code, message: oneLine });
}
