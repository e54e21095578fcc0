import { expect, test } from 'vitest';
import { containerApps } from '../src/containers/container-apps.ts';
import { containerUnit } from '../src/containers/container-unit.ts';
import { unitSettings } from '../src/settings.ts';

const PROVIDER = 'projects/1/locations/global/workloadIdentityPools/azure/providers/entra';

/** The last command of a dry run, which gives the app its settings. */
async function lastCommand(
  app: (typeof containerApps)[number],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const unit = containerUnit(app);
  const { values } = unitSettings(unit.settings, env, 'name');
  const commands = await unit.commands(values, { root: '/', env, dryRun: true });
  return commands.at(-1)?.args.join(' ') ?? '';
}

test.each(containerApps)('%s is told who at Google trusts it, where somebody does', async (app) => {
  expect(await lastCommand(app, { AYNA_GOOGLE_PROVIDER: PROVIDER })).toContain(
    `googleProvider=${PROVIDER}`,
  );
  expect(await lastCommand(app, {})).not.toContain('google');
});

test('what is no provider is refused', async () => {
  await expect(lastCommand('writer', { AYNA_GOOGLE_PROVIDER: 'entra' })).rejects.toMatchObject({
    code: 'ConfigInvalid',
  });
});
