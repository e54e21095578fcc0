import { fromMarkdown } from 'mdast-util-from-markdown';

type Block = ReturnType<typeof fromMarkdown>['children'][number];

/** Something that a document tells its reader to do. */
export type DocumentStep = {
  /** Where it stands in the document, from 1. */
  readonly line: number;
} & (
  | { readonly kind: 'run'; readonly script: string; readonly exits: number; output?: string }
  | { readonly kind: 'notRun'; readonly script: string }
  | { readonly kind: 'write'; readonly file: string; readonly text: string }
  | { readonly kind: 'change'; readonly file: string; readonly change: string }
);

/**
 * The steps of a document in Markdown, in order; see `run-document.ts` for what its fences mean.
 *
 * @throws Error naming the line, for a fence that cannot be followed: an unknown word behind its
 * language, an output without a command before it, a file that the text above it does not name
 */
export function documentSteps(markdown: string): DocumentStep[] {
  const steps: DocumentStep[] = [];
  let prose = '';
  for (const node of blocksOf(fromMarkdown(markdown).children)) {
    const line = node.position?.start.line ?? 0;
    if (node.type !== 'code') {
      prose += markdown.slice(node.position?.start.offset, node.position?.end.offset);
      continue;
    }
    const words = (node.meta ?? '').split(' ').filter((word) => word !== '');
    const step = stepOf({ line, language: node.lang ?? '', words, text: node.value, prose });
    if (step === 'output') {
      const command = steps.at(-1);
      if (command?.kind !== 'run' || command.output !== undefined) {
        throw new Error(`line ${line}: an output stands behind the command that makes it`);
      }
      command.output = node.value;
    } else if (step) {
      steps.push(step);
      prose = '';
    }
  }
  return steps;
}

/** Every block in order, those within lists and quotations too: nothing is passed over quietly. */
function blocksOf(nodes: readonly Block[]): Block[] {
  return nodes.flatMap((node) =>
    node.type === 'list' || node.type === 'listItem' || node.type === 'blockquote'
      ? blocksOf(node.children)
      : [node],
  );
}

interface Fence {
  readonly line: number;
  readonly language: string;
  readonly words: readonly string[];
  readonly text: string;
  /** What stands between this step and the one before. */
  readonly prose: string;
}

function stepOf({
  line,
  language,
  words,
  text,
  prose,
}: Fence): DocumentStep | 'output' | undefined {
  const [word = '', ...more] = words;
  const [name, value = ''] = word.split('=');
  const unknown = () =>
    new Error(`line ${line}: \`${language} ${words.join(' ')}\` is nothing that can be followed`);
  if (more.length > 0) throw unknown();
  if (language === 'sh') {
    if (word === 'not-run') return { kind: 'notRun', line, script: text };
    const exits = word === '' ? 0 : Number(name === 'exits' ? value : Number.NaN);
    if (!Number.isInteger(exits)) throw unknown();
    return { kind: 'run', line, script: text, exits };
  }
  if (word === '') return undefined;
  if (word === 'output') return 'output';
  if (name !== 'file' || value === '') throw unknown();
  if (!prose.includes(`\`${value}\``)) {
    throw new Error(`line ${line}: the text above does not tell the reader to take \`${value}\``);
  }
  return language === 'diff'
    ? { kind: 'change', line, file: value, change: text }
    : { kind: 'write', line, file: value, text: `${text}\n` };
}
