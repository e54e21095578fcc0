import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import GithubSlugger from 'github-slugger';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 2 ** 26,
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const pages = files.filter((file) => file.endsWith('.md'));

interface Page {
  readonly links: readonly string[];
  readonly anchors: ReadonlySet<string>;
  /** What stands in it as `code`. */
  readonly code: readonly string[];
}
const read = new Map<string, Page>();

function pageOf(file: string): Page {
  let page = read.get(file);
  if (!page) {
    page = parsePage(readFileSync(join(root, file), 'utf8'));
    read.set(file, page);
  }
  return page;
}

function parsePage(markdown: string): Page {
  const slugger = new GithubSlugger();
  const links: string[] = [];
  const anchors = new Set<string>();
  const code: string[] = [];
  const visit = (node: Nodes) => {
    if (node.type === 'heading') anchors.add(slugger.slug(textOf(node)));
    if (node.type === 'link' || node.type === 'image' || node.type === 'definition') {
      links.push(node.url);
    }
    if (node.type === 'inlineCode') code.push(node.value);
    if (node.type === 'html') {
      for (const [, id = ''] of node.value.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id);
    }
    if ('children' in node) node.children.forEach(visit);
  };
  visit(fromMarkdown(markdown));
  return { links, anchors, code };
}

function textOf(node: Nodes): string {
  if ('value' in node) return node.value;
  return 'children' in node ? node.children.map(textOf).join('') : '';
}

/** Why a link leads nowhere; undefined when it leads somewhere, or out of the repository. */
function fault(from: string, link: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return undefined;
  const [path = '', anchor] = decodeURI(link).split('#');
  const target = path === '' ? from : normalize(join(dirname(from), path));
  if (!existsSync(join(root, target))) return `${from}: ${link} does not exist`;
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  return pageOf(target).anchors.has(anchor) ? undefined : `${from}: ${link} has no such heading`;
}

test('every relative link in every page leads to a file, and its anchor to a heading', () => {
  const faults = pages.flatMap((page) => pageOf(page).links.map((link) => fault(page, link)));
  expect(pages.length).toBeGreaterThan(10);
  expect(faults.filter((one) => one !== undefined)).toEqual([]);
});

test('every page of docs that code, alert rules and workflows name is there, and so is its anchor', () => {
  const named = files
    .filter((file) => /\.(ts|js|json|ya?ml|bicep|sh|sql)$/.test(file) && file !== 'pnpm-lock.yaml')
    .flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/docs\/[\w-]+\.md(?:#[\w-]+)?/g)].map(
        ([link]) => [file, link] as const,
      ),
    );
  const faults = named.map(([file, link]) => {
    const problem = fault('README.md', link);
    return problem === undefined ? undefined : `${file}: ${problem}`;
  });
  expect(named.length).toBeGreaterThan(0);
  expect(faults.filter((one) => one !== undefined)).toEqual([]);
});

test('every file and folder of the repository that a page of docs names is there', () => {
  const named = pages
    // A tutorial names the files that its reader makes.
    .filter((page) => !page.includes('/') || /^docs\/[^/]+$/.test(page))
    .flatMap((page) =>
      pageOf(page)
        .code.filter((text) => /^(apps|libs|tools|sql|docs)\/[\w./-]+$/.test(text))
        .map((path) => [page, path] as const),
    );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(([, path]) => !existsSync(join(root, path)))).toEqual([]);
});

test('docs/README.md, the index, names every page of docs', () => {
  const indexed = new Set(
    pageOf('docs/README.md').links.map((link) => normalize(join('docs', link.split('#')[0] ?? ''))),
  );
  const missing = pages.filter(
    (page) => /^docs\/[^/]+$/.test(page) && page !== 'docs/README.md' && !indexed.has(page),
  );
  expect(missing).toEqual([]);
});
