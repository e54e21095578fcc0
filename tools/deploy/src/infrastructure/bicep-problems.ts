import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Node } from 'web-tree-sitter';
import {
  bodyOf,
  declarations,
  propertiesOf,
  stringOf,
  syntaxErrors,
  type ParseBicep,
} from './bicep-parser.ts';

/**
 * What is wrong with a Bicep file as far as can be told without Azure's compiler: syntax, modules
 * that get other parameters than they declare, outputs of modules that there are not, names that are
 * used by nobody.
 *
 * @param path of the file; its modules are looked for beside it
 * @returns nothing when nothing was found
 */
export async function bicepProblems(parse: ParseBicep, path: string): Promise<readonly string[]> {
  const root = parse(await readFile(path, 'utf8'));
  const errors = syntaxErrors(root).map((error) => `${path}:${error}`);
  if (errors.length > 0) return errors;
  const problems = unusedNames(root);
  for (const [name, declaration] of declarations(root, 'module')) {
    const [file] = declaration.descendantsOfType('string');
    if (!file) continue;
    const module = parse(await readFile(join(dirname(path), stringOf(file)), 'utf8'));
    problems.push(...wrongParameters(name, declaration, module));
    problems.push(...missingOutputs(name, root, module));
  }
  return problems.map((problem) => `${path}: ${problem}`);
}

function unusedNames(root: Node): string[] {
  const names = root.descendantsOfType('identifier').map((node) => node.text);
  const declared = (['parameter', 'variable'] as const).flatMap((kind) => [
    ...declarations(root, kind).keys(),
  ]);
  return declared
    .filter((name) => names.filter((one) => one === name).length < 2)
    .map((name) => `${name} is used nowhere`);
}

function wrongParameters(name: string, declaration: Node, module: Node): string[] {
  const given =
    propertiesOf(propertiesOf(bodyOf(declaration))?.get('params')) ?? new Map<string, Node>();
  const declared = declarations(module, 'parameter');
  const unknown = [...given.keys()].filter((parameter) => !declared.has(parameter));
  const missing = [...declared]
    .filter(([parameter, node]) => !given.has(parameter) && !hasDefault(node))
    .map(([parameter]) => parameter);
  return [
    ...unknown.map((parameter) => `module ${name} has no parameter ${parameter}`),
    ...missing.map((parameter) => `module ${name} is not given ${parameter}`),
  ];
}

function missingOutputs(name: string, root: Node, module: Node): string[] {
  const outputs = declarations(module, 'output');
  const used = root.text.matchAll(new RegExp(String.raw`\b${name}!?\.outputs\.(\w+)`, 'g'));
  return [...used]
    .flatMap(([, output]) => output ?? [])
    .filter((output) => !outputs.has(output))
    .map((output) => `module ${name} has no output ${output}`);
}

function hasDefault(parameter: Node): boolean {
  return /\sparam\s+\w+\s+[^\n=]+=|^param\s+\w+\s+[^\n=]+=/.test(parameter.text);
}
