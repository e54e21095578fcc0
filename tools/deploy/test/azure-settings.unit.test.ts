import { describe, expect, test } from 'vitest';
import type { DeploymentUnit } from '../src/deployment-unit.ts';
import { unitSettings } from '../src/settings.ts';
import { infrastructure } from '../src/units/infrastructure.ts';
import { writer } from '../src/units/writer.ts';

const ENOUGH = {
  AZURE_RESOURCE_GROUP: 'ayna-staging',
  AYNA_SQL_ADMINISTRATORS: 'ayna-dba',
  AYNA_SQL_ADMINISTRATORS_ID: '6f9619ff-8b86-d011-b42d-00cf4fc964ff',
};

/** The commands of a deployment that has these settings. */
async function deploy(unit: DeploymentUnit, env: Readonly<Record<string, string>>) {
  const { values } = unitSettings(unit.settings, env, 'refuse');
  return unit.commands(values, { root: '/', env, dryRun: false });
}

describe('before anything is done in Azure, it is refused', () => {
  test.for([
    ['AYNA_PREFIX', 'ayna-production-west', infrastructure],
    ['AYNA_PREFIX', 'Ayna', writer],
    ['AYNA_SQL_ADMINISTRATORS_ID', 'ayna-dba', infrastructure],
    ['AZURE_REGISTRY', 'https://ayna.azurecr.io/', writer],
    ['AYNA_IMAGE_TAG', 'feature/x', writer],
  ] as const)('when %s is %s', ([name, value, unit]) => {
    expect(() => unitSettings(unit.settings, { ...ENOUGH, [name]: value }, 'name')).toThrow(
      `${name} has a wrong value: expected`,
    );
  });

  test('when PostgreSQL would have no password', async () => {
    await expect(async () => deploy(infrastructure, ENOUGH)).rejects.toMatchObject({
      code: 'ConfigInvalid',
      message: expect.stringContaining('AYNA_POSTGRES_PASSWORD is missing') as string,
    });
    await expect(
      deploy(infrastructure, { ...ENOUGH, AYNA_WITH_HUB: 'false' }),
    ).resolves.toHaveLength(2);
    const withPassword = { ...ENOUGH, AYNA_POSTGRES_PASSWORD: 'planted-hush' };
    const commands = await deploy(infrastructure, withPassword);
    expect(JSON.stringify(commands)).not.toContain('planted-hush');
  });
});
