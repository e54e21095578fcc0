import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Command } from '../src/command.ts';
import { defineUnit, type Check, type DeploymentUnit } from '../src/deployment-unit.ts';
import { runUnit } from '../src/run-unit.ts';

let root: string;
let said: string[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ayna-deploy-'));
  said = [];
});
afterEach(() => rm(root, { recursive: true }));

const settings = {
  GROUP: z.string().min(1).describe('expected a resource group'),
  PLACE: z.string().default('westeurope'),
};

function unit(commands: (group: string) => Command[], checks: Check[] = []): DeploymentUnit {
  return defineUnit({
    name: 'infrastructure',
    project: '@ayna/deploy',
    what: 'something in a cloud',
    settings,
    secrets: ['DATABASE_URL'],
    checks: () => checks,
    commands: ({ GROUP }) => Promise.resolve(commands(GROUP)),
  });
}

/** A command that leaves a trace. */
const write = (file: string): Command => ({
  why: `writes ${file}`,
  program: process.execPath,
  args: ['-e', `require('fs').writeFileSync(${JSON.stringify(file)}, process.env.MARK ?? '')`],
});
const exit = (code: number): Command => ({
  why: 'ends',
  program: process.execPath,
  args: ['-e', `process.exit(${code})`],
});
const print = (text: string) => ({
  program: process.execPath,
  args: ['-e', `console.log(${JSON.stringify(text)})`],
});

async function run(what: DeploymentUnit, env: Record<string, string>, dryRun = false) {
  const context = { root, env: { PATH: process.env.PATH, ...env }, dryRun };
  await runUnit(what, context, (line) => said.push(line));
}

describe('a deployment', () => {
  it('runs the commands in their order, with the environment and the variables of each', async () => {
    const env = { GROUP: 'g', MARK: 'from the environment' };
    await run(
      unit(() => [write('a'), { ...write('b'), env: { MARK: 'its own' } }]),
      env,
    );
    expect(await readFile(join(root, 'a'), 'utf8')).toBe('from the environment');
    expect(await readFile(join(root, 'b'), 'utf8')).toBe('its own');
    expect(said.at(-1)).toBe('infrastructure: deployed');
  });

  it('stops at the first command that fails and names it with its exit code', async () => {
    const failing = run(
      unit(() => [write('a'), exit(3), write('b')]),
      { GROUP: 'g' },
    );
    await expect(failing).rejects.toMatchObject({
      code: 'CommandFailed',
      message: expect.stringContaining('ended with exit code 3') as string,
    });
    await readFile(join(root, 'a'));
    await expect(readFile(join(root, 'b'))).rejects.toThrow('ENOENT');
  });

  it('says how to come by a program that is missing, before it runs any command', async () => {
    const command = { why: 'asks Azure', program: 'az', args: ['group', 'show'] };
    const failing = run(
      unit(() => [write('a'), command]),
      { GROUP: 'g', PATH: root },
    );
    await expect(failing).rejects.toMatchObject({
      code: 'ToolMissing',
      message: expect.stringMatching(
        /^az is not installed: install the Azure CLI .*az login$/,
      ) as string,
    });
    await expect(readFile(join(root, 'a'))).rejects.toThrow('ENOENT');
  });

  it('passes over a command whose work the cloud says is done, and says so', async () => {
    const unless = {
      ...print('  image:1 '),
      prints: 'image:1',
      says: 'it runs this image already',
    };
    await run(
      unit(() => [
        { ...write('a'), unless },
        { ...write('b'), unless: { ...unless, prints: 'image:2' } },
      ]),
      { GROUP: 'g' },
    );
    expect(said.join('\n')).toContain('skipped: writes a (it runs this image already)');
    await expect(readFile(join(root, 'a'))).rejects.toThrow('ENOENT');
    await readFile(join(root, 'b'));
  });

  it('runs a command when the cloud cannot say whether its work is done', async () => {
    const unless = {
      program: process.execPath,
      args: ['-e', 'process.exit(1)'],
      prints: '',
      says: '',
    };
    await run(
      unit(() => [{ ...write('a'), unless }]),
      { GROUP: 'g' },
    );
    await readFile(join(root, 'a'));
  });

  it('names every setting that is missing, and runs nothing', async () => {
    await expect(
      run(
        unit(() => [write('a')]),
        {},
      ),
    ).rejects.toMatchObject({
      code: 'ConfigInvalid',
      message: 'GROUP is missing: expected a resource group',
    });
    await expect(readFile(join(root, 'a'))).rejects.toThrow('ENOENT');
  });

  it('runs every check, and no command when one of them fails', async () => {
    const checks: Check[] = [
      { title: 'the first', run: () => Promise.reject(new Error('no such template')) },
      { title: 'the second', run: () => Promise.resolve('12 kB') },
    ];
    await expect(
      run(
        unit(() => [write('a')], checks),
        { GROUP: 'g' },
      ),
    ).rejects.toMatchObject({ code: 'ArtefactInvalid', message: '1 of 2 checks failed' });
    expect(said.join('\n')).toMatch(/FAIL {2}the first\n +Error: no such template/);
    expect(said.join('\n')).toMatch(/ok {4}the second\n +12 kB/);
    await expect(readFile(join(root, 'a'))).rejects.toThrow('ENOENT');
  });
});

describe('a dry run', () => {
  it('prints every command as it would be run, and runs none', async () => {
    const place = unit((group) => [
      write('a'),
      { why: 'asks', program: 'az', args: ['-g', group] },
    ]);
    await run(place, { GROUP: 'my group' }, true);
    expect(said.join('\n')).toContain("# asks\n    az -g 'my group'");
    await expect(readFile(join(root, 'a'))).rejects.toThrow('ENOENT');
  });

  it('puts the name of a setting that is not there in its place, and lists it', async () => {
    const place = unit((group) => [{ why: 'asks', program: 'az', args: ['-g', group] }]);
    await run(place, {}, true);
    const text = said.join('\n');
    expect(text).toContain('az -g "$GROUP"');
    expect(text).toContain('settings that are not set: GROUP');
    expect(text).toContain('secrets from the environment: DATABASE_URL');
  });

  it('prints the question that would tell whether there is anything to do', async () => {
    const unless = { program: 'az', args: ['show'], prints: 'image:1', says: 'it is there' };
    await run(
      unit(() => [{ ...write('a'), unless }]),
      {},
      true,
    );
    expect(said.join('\n')).toContain('# not when this prints image:1:\n    #   az show');
  });

  it('refuses a setting that is wrong', async () => {
    const strict = {
      ...unit(() => []),
      settings: { GROUP: z.string().max(3).describe('expected 3') },
    };
    await expect(run(strict, { GROUP: 'long' }, true)).rejects.toMatchObject({
      code: 'ConfigInvalid',
      message: 'GROUP has a wrong value: expected 3',
    });
  });

  it('never says the value of a secret', async () => {
    const leaky = unit(
      () => [],
      [
        {
          title: 'connects',
          run: () => Promise.reject(new Error('refused postgres://ayna:hunter2@db/ayna')),
        },
      ],
    );
    await expect(run(leaky, { GROUP: 'g' }, true)).rejects.toThrow();
    expect(said.join('\n')).not.toContain('hunter2');
  });
});
