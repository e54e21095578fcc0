import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { startIdentityEmulator } from '@ayna/emulator-identity';
import { startScriptedTds } from '@ayna/emulator-sql';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import { runSql } from '../../src/run-sql.ts';

test.each(['ActiveDirectoryManagedIdentity', 'ActiveDirectoryDefault'])(
  'a program in Google Cloud logs in with %s without a password: the server gets the token of its identity at Azure',
  async (authentication) => {
    await using clouds = await startIdentityEmulator();
    await using server = await startScriptedTds({ entraId: true });
    setDefaultCACertificates([...getCACertificates('default'), clouds.certificate]);
    Object.assign(process.env, clouds.network, clouds.inGoogle, {
      AZURE_FEDERATED_BY: 'google',
      AZURE_TENANT_ID: clouds.identity.tenantId,
    });
    const url = new URL(server.url);
    url.username = '';
    url.password = '';
    url.searchParams.set('authentication', authentication);
    url.searchParams.set('clientId', clouds.identity.clientId);
    await using database = openDatabase({ url: url.href });
    expect(await runSql(database.kysely, 'SELECT 1', [])).toEqual([{ answer: 1 }]);
    const [token, ...others] = new Set(server.tokens());
    expect(clouds.tokens()).toContain(token);
    expect(others).toEqual([]);
    expect(clouds.requests('entra').at(-1)?.fields).toMatchObject({
      client_id: clouds.identity.clientId,
      scope: expect.stringContaining('https://database.windows.net') as string,
    });
  },
);
