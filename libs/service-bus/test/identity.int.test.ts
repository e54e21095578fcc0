import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { startIdentityEmulator } from '@ayna/emulator-identity';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { expect, test } from 'vitest';
import { connectAdministration, connectServiceBus } from '../src/index.ts';

test('a program in Google Cloud sends without a key: the broker gets the token of its identity at Azure', async () => {
  await using clouds = await startIdentityEmulator();
  const shown: string[] = [];
  await using broker = await startServiceBusEmulator({
    topology: { topics: { events: { subscriptions: { writer: {} } } } },
    acceptsToken: (token) => {
      shown.push(token);
      return clouds.tokens().includes(token);
    },
  });
  setDefaultCACertificates([
    ...getCACertificates('default'),
    clouds.certificate,
    broker.certificate,
  ]);
  Object.assign(process.env, clouds.network, clouds.inGoogle, {
    AZURE_FEDERATED_BY: 'google',
    AZURE_TENANT_ID: clouds.identity.tenantId,
    AZURE_CLIENT_ID: clouds.identity.clientId,
  });
  const endpoint = { kind: 'identity', namespace: `localhost:${broker.port}` } as const;
  const client = connectServiceBus(endpoint);
  await client.createSender('events').sendMessages({ body: 'hello' });
  await client.close();
  expect(shown).not.toEqual([]);
  expect(clouds.requests('entra').at(-1)?.fields.scope).toContain('https://servicebus.azure.net/');
  const counts = await connectAdministration(endpoint).getSubscriptionRuntimeProperties(
    'events',
    'writer',
  );
  expect(counts.activeMessageCount).toBe(1);
});
