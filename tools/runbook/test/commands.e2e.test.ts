import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const ayna = fileURLToPath(import.meta.resolve('@ayna/cli/main'));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 2 ** 26,
})
  .split('\n')
  .filter((file) => file.endsWith('.md') && existsSync(join(root, file)));

/** Everything that stands as code in a page, a line each. */
function codeOf(page: string): string[] {
  const lines: string[] = [];
  const visit = (node: Nodes) => {
    if (node.type === 'inlineCode') lines.push(node.value);
    if (node.type === 'code' && ['sh', 'bash', 'shell'].includes(node.lang ?? '')) {
      lines.push(...node.value.replaceAll(/\\\n/g, ' ').split('\n'));
    }
    if ('children' in node) node.children.forEach(visit);
  };
  visit(fromMarkdown(readFileSync(join(root, page), 'utf8')));
  return lines;
}

/** The commands in a line whose first word is this, without comments and what pipes follow. */
function commandsOf(line: string, name: RegExp): string[][] {
  return line
    .replace(/\s#.*$/, '')
    .split(/\||&&|;|\$\(/)
    .map((part) => part.trim())
    .filter((part) => name.test(part))
    .map((part) => part.replace(name, '').replace(/\)$/, '').trim().split(/\s+/));
}

const help = new Map<string, string>();
function helpOf(command: readonly string[]): string {
  const key = command.join(' ');
  const known = help.get(key);
  if (known !== undefined) return known;
  const text = execFileSync(
    process.execPath,
    ['--conditions=@ayna/source', ayna, ...command, '--help'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  help.set(key, text);
  return text;
}

const GROUPS = new Set(['migrations', 'mirror', 'dlq']);

test('every ayna command that a page shows is one, and so is each of its options', () => {
  const unknown: string[] = [];
  let seen = 0;
  for (const page of pages) {
    for (const line of codeOf(page)) {
      for (const [group = '', name = '', ...rest] of commandsOf(line, /^ayna(?= )/)) {
        if (!GROUPS.has(group)) continue;
        seen += 1;
        const where = `${page}: ${line}`;
        if (!new RegExp(`^  ${name || 'help'}\\b`, 'm').test(helpOf([group]))) {
          if (name !== '') unknown.push(where);
          continue;
        }
        for (const word of rest) {
          const option = /^--[a-z0-9-]+/.exec(word)?.[0];
          if (option !== undefined && !helpOf([group, name]).includes(option)) {
            unknown.push(`${where} (${option})`);
          }
        }
      }
    }
  }
  expect(seen).toBeGreaterThan(40);
  expect(unknown).toEqual([]);
});

/** What pnpm itself does, of what pages show. */
const OF_PNPM = new Set([
  'exec',
  'deploy',
  'install',
  'add',
  'create',
  'licenses',
  'store',
  'sbom',
  'pack',
]);

test('every script of pnpm that a page shows is in package.json', () => {
  const unknown = pages.flatMap((page) =>
    codeOf(page).flatMap((line) =>
      commandsOf(line, /^(npx -y )?pnpm(@12)?( --silent| run)?(?= )/)
        .map(([script = '']) => script)
        .filter((script) => /^[a-z]/.test(script) && !OF_PNPM.has(script) && !(script in scripts))
        .map((script) => `${page}: ${line} (${script})`),
    ),
  );
  expect(unknown).toEqual([]);
});
