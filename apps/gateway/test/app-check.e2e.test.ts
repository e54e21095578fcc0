import { expect, test } from 'vitest';
import { bearer, startGateway } from './running-gateway.ts';

test('with App Check, a signed-in user without the app is refused', async () => {
  await using gateway = await startGateway({ GATEWAY_ENFORCE_APP_CHECK: 'true' });
  const ali = bearer(await gateway.idToken('ali'));
  for (const headers of [{}, { 'x-firebase-appcheck': 'garbage' }]) {
    expect(
      await gateway.call('sqlGatewayListConversations', {}, { ...ali, ...headers }),
    ).toMatchObject({ status: 401, body: { error: { status: 'UNAUTHENTICATED' } } });
  }
});
