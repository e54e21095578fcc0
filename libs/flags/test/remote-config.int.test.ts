import { OpenFeature } from '@openfeature/server-sdk';
import { deleteApp, initializeApp, type App } from 'firebase-admin/app';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sqlMirrorReadPhase, useSqlDmWriteMirror } from '../src/index.ts';
import { startRemoteConfigServer, type RemoteConfigServer } from './remote-config-server.ts';

const phase = sqlMirrorReadPhase.dm;
let server: RemoteConfigServer;
let app: App;

async function ofAdmin() {
  // The SDK reads the address when it is loaded.
  const { getRemoteConfig } = await import('firebase-admin/remote-config');
  const flags = await import('../src/server/index.ts');
  return { remoteConfig: getRemoteConfig(app), ...flags };
}

beforeAll(async () => {
  server = await startRemoteConfigServer();
  process.env.FIREBASE_REMOTE_CONFIG_URL_BASE = server.url;
  const token = { access_token: 'of-a-test', expires_in: 3_600 };
  app = initializeApp({
    projectId: 'flags-test',
    credential: { getAccessToken: () => Promise.resolve(token) },
  });
});
afterAll(async () => {
  await OpenFeature.close();
  await deleteApp(app);
  await server.close();
});
beforeEach(() => {
  server.template = {};
  server.serverTemplate = {};
});

describe('flags in Remote Config', () => {
  test('reach servers through its server template, also when they change', async () => {
    const { remoteConfig, remoteConfigServerFlags, serverFlagProvider } = await ofAdmin();
    const parameter = (value: string) => ({
      parameters: { [useSqlDmWriteMirror.key]: { defaultValue: { value } } },
    });
    server.serverTemplate = parameter('false');
    await OpenFeature.setProviderAndWait(
      serverFlagProvider(remoteConfigServerFlags(remoteConfig, 20)),
    );
    const client = OpenFeature.getClient();
    expect(await client.getBooleanValue(useSqlDmWriteMirror.key, true)).toBe(false);
    server.serverTemplate = parameter('true');
    await expect.poll(() => client.getBooleanValue(useSqlDmWriteMirror.key, false)).toBe(true);
  });

  test('are set as the default value of a parameter, and the others stay as they are', async () => {
    const { remoteConfig, remoteConfigEditor } = await ofAdmin();
    server.template = { parameters: { theirs: { defaultValue: { value: 'kept' } } } };
    const editor = remoteConfigEditor(remoteConfig);
    expect(await editor.get(phase)).toBeUndefined();
    await editor.set(phase, { value: 'A', rollout: [{ value: 'B', percentage: 10 }] });
    expect(await editor.get(phase)).toBe('{"value":"A","rollout":[{"value":"B","percentage":10}]}');
    expect(server.template.parameters?.theirs?.defaultValue?.value).toBe('kept');
  });

  test('are set in the group in which they stand', async () => {
    const { remoteConfig, remoteConfigEditor } = await ofAdmin();
    server.template = {
      parameterGroups: {
        mirror: { parameters: { [phase.key]: { defaultValue: { value: 'A' } } } },
      },
    };
    await remoteConfigEditor(remoteConfig).set(phase, 'B');
    expect(server.template.parameterGroups?.mirror?.parameters?.[phase.key]).toMatchObject({
      defaultValue: { value: 'B' },
    });
    expect(server.template.parameters ?? {}).toEqual({});
  });

  test('that somebody else publishes meanwhile are not overwritten', async () => {
    const { remoteConfig, remoteConfigEditor } = await ofAdmin();
    server.beforeWrite.push(() => {
      server.template = { parameters: { theirs: { defaultValue: { value: 'new' } } } };
    });
    await remoteConfigEditor(remoteConfig).set(phase, 'C');
    expect(server.template.parameters).toMatchObject({
      theirs: { defaultValue: { value: 'new' } },
      [phase.key]: { defaultValue: { value: 'C' } },
    });
  });
});
