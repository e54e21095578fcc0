import { functionsFirestore } from '@ayna/firestore';
import { callableFunctions } from './callable-functions.ts';
import { gatewayConfig, gatewayOptions } from './config.ts';
import { openGateway, type OpenGateway } from './open-gateway.ts';

const firestore = functionsFirestore();

let opening: Promise<OpenGateway> | undefined;

async function gateway(): Promise<OpenGateway['gateway']> {
  opening ??= openGateway(gatewayConfig(process.env), firestore);
  return (await opening).gateway;
}

const functions = callableFunctions(gateway, gatewayOptions(process.env));

// Firebase deploys the exports of this module by their names.
export const {
  sqlGatewayEnsureConversation,
  sqlGatewayEnsureFollow,
  sqlGatewayEnsureMessage,
  sqlGatewayListConversations,
  sqlGatewayListFollowers,
  sqlGatewayListFollowing,
  sqlGatewayListMessages,
} = functions;
