import { getApps, initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { callableFunctions } from './callable-functions.ts';
import { enforcesAppCheck, gatewayConfig } from './config.ts';
import { openGateway, type OpenGateway } from './open-gateway.ts';

if (getApps().length === 0) initializeApp();
const firestore = getFirestore();
// Integers beyond 2^53 must reach SQL exactly.
firestore.settings({ useBigInt: true });

let opening: Promise<OpenGateway> | undefined;

async function gateway(): Promise<OpenGateway['gateway']> {
  opening ??= openGateway(gatewayConfig(process.env), firestore);
  return (await opening).gateway;
}

const functions = callableFunctions(gateway, { enforceAppCheck: enforcesAppCheck(process.env) });

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
