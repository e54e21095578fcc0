import { startFunctionsEmulator } from '@ayna/emulator-functions';
import { connectFirestore } from '@ayna/firestore';
import { expect, test, vi } from 'vitest';
import { gatewayConfig } from '../src/config.ts';
import { openGateway } from '../src/open-gateway.ts';

test('with App Check, the app without a signed-in user is refused, and with one gets as far as SQL', async () => {
  // As in the emulator of Firebase, where nobody can sign tokens of App Check. It is read on import.
  vi.stubEnv('FIREBASE_DEBUG_MODE', 'true');
  vi.stubEnv('FIREBASE_DEBUG_FEATURES', '{"skipTokenVerification":true}');
  const { callableFunctions } = await import('../src/callable-functions.ts');
  const settings = { DATABASE_URL: 'postgresql://ayna@127.0.0.1:1/away', LOG_LEVEL: 'silent' };
  await using opened = await openGateway(gatewayConfig(settings), await connectFirestore('none'));
  const functions = callableFunctions(() => Promise.resolve(opened.gateway), {
    enforceAppCheck: true,
  });
  await using emulator = await startFunctionsEmulator({
    projectId: 'p',
    functions: { ...functions },
  });
  const token = (subject: string) => {
    const claims = Buffer.from(JSON.stringify({ sub: subject })).toString('base64url');
    return `e30.${claims}.c2ln`;
  };
  const call = async (headers: Readonly<Record<string, string>>) => {
    const response = await fetch(`${emulator.url}/sqlGatewayListConversations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"data":{}}',
    });
    return response.status;
  };
  const app = { 'x-firebase-appcheck': token('app') };
  const user = { authorization: `Bearer ${token('ali')}` };
  expect(await call(user)).toBe(401);
  expect(await call(app)).toBe(401);
  expect(await call({ ...app, ...user })).toBe(503);
});
