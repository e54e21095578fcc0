import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runUnit } from '../src/run-unit.ts';
import { gateway } from '../src/units/gateway.ts';
import { triggers } from '../src/units/triggers.ts';
import { root } from './installed-bundle.ts';

async function dryRun(unit: typeof triggers, env: Record<string, string>): Promise<string> {
  const lines: string[] = [];
  await runUnit(unit, { root, env, dryRun: true }, (line) => lines.push(line));
  return lines.join('\n');
}

describe('the dry run of the functions', () => {
  it('bundles and loads them, and names each in the command that deploys it', async () => {
    const text = await dryRun(triggers, { GOOGLE_CLOUD_PROJECT: 'my-project' });
    expect(text).toContain('mirrorFollowEdges      document written: follows/');
    expect(text).toMatch(
      /firebase-tools@\d+\.\d+\.\d+ deploy --only functions:mirror:mirrorDmConversations,functions:mirror:mirrorDmMessages,functions:mirror:mirrorFollowEdges --non-interactive --force --project my-project\)/,
    );
  });

  it('hands settings on to the functions, and no secret', async () => {
    const text = await dryRun(gateway, {
      DATABASE_URL: 'postgres://ayna:hunter2@db:5432/ayna',
      FUNCTIONS_REGION: 'europe-west1',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=hunter2',
      GATEWAY_RATE_LIMIT_CALLS: '7',
      GATEWAY_SECRETS: 'DATABASE_URL,REDIS_URL',
    });
    expect(text).toContain('europe-west1, 512 MiB');
    expect(text).toContain('functions:secrets:describe REDIS_URL');
    expect(text).not.toContain('hunter2');
    const env = await readFile(join(root, 'dist/deploy/gateway/functions/.env'), 'utf8');
    expect(env.trim().split('\n').sort()).toEqual([
      'FUNCTIONS_REGION="europe-west1"',
      'GATEWAY_RATE_LIMIT_CALLS="7"',
      'GATEWAY_SECRETS="DATABASE_URL,REDIS_URL"',
      'OTEL_EXPORTER_OTLP_ENDPOINT="https://collector"',
    ]);
  });

  it('gives the functions an identity at Azure in place of a key, which is not that of whoever deploys', async () => {
    const text = await dryRun(triggers, {
      SERVICEBUS_NAMESPACE: 'ayna.servicebus.windows.net',
      AZURE_CLIENT_ID: 'whoever-deploys',
      AZURE_TENANT_ID: 'a-tenant',
      TRIGGERS_AZURE_CLIENT_ID: 'the-triggers',
      TRIGGERS_SERVICE_ACCOUNT: 'ayna-triggers@my-project.iam.gserviceaccount.com',
    });
    expect(text).not.toContain('functions:secrets');
    expect(text).not.toContain('SERVICEBUS_CONNECTION_STRING');
    const env = await readFile(join(root, 'dist/deploy/triggers/functions/.env'), 'utf8');
    expect(env.trim().split('\n').sort()).toEqual([
      'AZURE_CLIENT_ID="the-triggers"',
      'AZURE_FEDERATED_BY="google"',
      'AZURE_TENANT_ID="a-tenant"',
      'SERVICEBUS_NAMESPACE="ayna.servicebus.windows.net"',
      'TRIGGERS_SERVICE_ACCOUNT="ayna-triggers@my-project.iam.gserviceaccount.com"',
    ]);
  });

  it('wants the key where there is no identity', async () => {
    const text = await dryRun(triggers, {});
    expect(text).toContain('functions:secrets:describe SERVICEBUS_CONNECTION_STRING');
  });

  it('refuses an identity without its tenant', async () => {
    const lines: string[] = [];
    const env = { GATEWAY_AZURE_CLIENT_ID: 'the-gateway' };
    const failing = runUnit(gateway, { root, env, dryRun: true }, (line) => lines.push(line));
    await expect(failing).rejects.toMatchObject({ code: 'ArtefactInvalid' });
    expect(lines.join('\n')).toContain(
      'AZURE_TENANT_ID is missing: expected the id of the tenant of Entra ID',
    );
  });

  it('refuses a setting that the functions would refuse', async () => {
    await expect(dryRun(gateway, { GATEWAY_RATE_LIMIT_CALLS: 'many' })).rejects.toMatchObject({
      code: 'ConfigInvalid',
      message:
        'GATEWAY_RATE_LIMIT_CALLS has a wrong value: expected a whole number from 1 to 1000000',
    });
  });

  it('refuses a bundle with the value of a secret in it', async () => {
    const value = 'a-password-that-was-given-as-a-topic';
    const failing = dryRun(triggers, {
      SERVICEBUS_CONNECTION_STRING: value,
      SERVICEBUS_TOPIC_REALTIME_MIRROR: value,
    });
    await expect(failing).rejects.toMatchObject({ code: 'ArtefactInvalid' });
  });
});
