import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deployOptions } from '../src/options.ts';
import { deployEnvironment } from '../src/settings.ts';
import { units } from '../src/units/index.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ayna-deploy-'));
});
afterEach(() => rm(root, { recursive: true }));

describe('the settings of a deployment', () => {
  it('come from deploy.env too; the environment goes before it where it says anything', async () => {
    await writeFile(join(root, 'deploy.env'), 'A=file\nB="from a file" # comment\n');
    const env = await deployEnvironment(root, { A: 'environment', B: '', C: '' });
    expect(env).toEqual({ A: 'environment', B: 'from a file', C: '' });
  });

  it('come from the file that DEPLOY_SETTINGS names', async () => {
    await writeFile(join(root, 'staging.env'), 'A=staging\n');
    const env = await deployEnvironment(root, { DEPLOY_SETTINGS: 'staging.env' });
    expect(env.A).toBe('staging');
    const elsewhere = join(root, 'staging.env');
    expect(await deployEnvironment('/', { DEPLOY_SETTINGS: elsewhere })).toMatchObject({
      A: 'staging',
    });
  });

  it('are refused when the file that is named is not there', async () => {
    await expect(deployEnvironment(root, { DEPLOY_SETTINGS: 'x.env' })).rejects.toMatchObject({
      code: 'ConfigInvalid',
      message: `DEPLOY_SETTINGS: cannot read ${join(root, 'x.env')}`,
    });
  });

  it('are refused with a secret among them, which is named and not repeated', async () => {
    await writeFile(join(root, 'deploy.env'), 'DATABASE_URL=postgres://u:hunter2@h/d\n');
    await expect(deployEnvironment(root, {})).rejects.toSatisfy(
      (error: Error) =>
        error.message.includes('holds DATABASE_URL, which is a secret') &&
        !error.message.includes('hunter2'),
    );
  });
});

describe('the command line', () => {
  it('takes a unit by its name or by the project that it deploys', () => {
    expect(deployOptions(['triggers', '--dry-run'], units).dryRun).toBe(true);
    expect(deployOptions(['@ayna/triggers'], units)).toMatchObject({
      unit: { name: 'triggers' },
      dryRun: false,
    });
  });

  it.each([[['nothing']], [['triggers', 'gateway']], [[]], [['triggers', '--dry-rum']]])(
    'refuses %j',
    (args) => {
      expect(() => deployOptions(args, units)).toThrow(
        expect.objectContaining({ code: 'InputInvalid' }) as Error,
      );
    },
  );
});
