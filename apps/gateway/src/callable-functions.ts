import type { GatewayCalls } from '@ayna/contract/gateway';
import type { CloudFunctionOptions } from '@ayna/platform';
import { GatewayError, type Gateway } from '@ayna/gateway';
import { HttpsError, onCall, type CallableFunction } from 'firebase-functions/v2/https';
import { traceCall } from './trace-call.ts';

type GatewayFunction<Name extends keyof GatewayCalls> = CallableFunction<
  unknown,
  Promise<GatewayCalls[Name]['response']>
>;

/** The callables by the names under which Firebase deploys them. */
export type GatewayFunctions = {
  readonly [Name in keyof GatewayCalls]: GatewayFunction<Name>;
};

/**
 * One Firebase function for each call of the gateway. Firebase checks the ID token and the App Check
 * token; a call without an ID token gets as far as the gateway, which refuses it.
 *
 * @param gateway gives the gateway at the first call: settings are read when a function runs, not
 * while it is being deployed
 */
export function callableFunctions(
  gateway: () => Promise<Gateway>,
  options: Partial<CloudFunctionOptions> & { readonly enforceAppCheck: boolean },
): GatewayFunctions {
  const callable = <Name extends keyof GatewayCalls>(name: Name): GatewayFunction<Name> =>
    onCall<unknown, Promise<GatewayCalls[Name]['response']>>(
      options,
      async ({ auth, data, rawRequest }) => {
        const caller = auth && { userId: auth.uid };
        try {
          const opened = await gateway();
          return await traceCall(name, rawRequest.headers, () => opened[name](caller, data));
        } catch (error) {
          throw httpsErrorOf(error);
        }
      },
    );
  return {
    sqlGatewayEnsureMessage: callable('sqlGatewayEnsureMessage'),
    sqlGatewayEnsureConversation: callable('sqlGatewayEnsureConversation'),
    sqlGatewayEnsureFollow: callable('sqlGatewayEnsureFollow'),
    sqlGatewayListMessages: callable('sqlGatewayListMessages'),
    sqlGatewayListConversations: callable('sqlGatewayListConversations'),
    sqlGatewayListFollowers: callable('sqlGatewayListFollowers'),
    sqlGatewayListFollowing: callable('sqlGatewayListFollowing'),
  };
}

/** What Firebase sends as it is; anything else it logs and calls `internal`. */
function httpsErrorOf(error: unknown): unknown {
  if (!(error instanceof GatewayError)) return error;
  return new HttpsError(error.code, error.message, error.details);
}
