import { createRequire } from 'node:module';
import { Language, Parser, type Node } from 'web-tree-sitter';

const require = createRequire(import.meta.url);

/** Reads Bicep; the root of its syntax tree. */
export type ParseBicep = (text: string) => Node;

/** A parser with the tree-sitter grammar of Bicep. It knows `.bicep`, not the `.bicepparam` beside it. */
export async function openBicepParser(): Promise<ParseBicep> {
  await Parser.init();
  const language = await Language.load(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm'));
  const parser = new Parser();
  parser.setLanguage(language);
  return (text) => {
    const tree = parser.parse(text);
    if (!tree) throw new Error('the parser of Bicep gave no tree');
    return tree.rootNode;
  };
}

/** Where the text is no Bicep, as `LINE: what stands there`. */
export function syntaxErrors(node: Node): readonly string[] {
  if (!node.hasError) return [];
  const line = node.startPosition.row + 1;
  if (node.isMissing) return [`${line}: ${node.type} is missing`];
  if (node.isError) return [`${line}: ${node.text.slice(0, 80)}`];
  return node.children.flatMap(syntaxErrors);
}

/** The statements of one kind, by their names. */
export function declarations(
  root: Node,
  kind: 'parameter' | 'variable' | 'resource' | 'module' | 'output',
): ReadonlyMap<string, Node> {
  const found = root.namedChildren.filter(({ type }) => type === `${kind}_declaration`);
  return new Map(found.map((node) => [nameOf(node), node]));
}

/** The properties of an object, by name; undefined where the node is no object. */
export function propertiesOf(node: Node | undefined): ReadonlyMap<string, Node> | undefined {
  if (node?.type !== 'object') return undefined;
  const properties = node.children.filter(({ type }) => type === 'object_property');
  return new Map(
    properties.flatMap((property) => {
      const [key, value] = property.namedChildren;
      return key && value ? [[stringOf(key), value]] : [];
    }),
  );
}

/** The first object of a declaration: what it sets. */
export function bodyOf(declaration: Node): Node | undefined {
  return declaration.descendantsOfType('object')[0];
}

/** A string without its quotes; other nodes as they stand. */
export function stringOf(node: Node): string {
  return node.type === 'string' ? node.text.slice(1, -1) : node.text;
}

function nameOf(declaration: Node): string {
  const identifier = declaration.children.find(({ type }) => type === 'identifier');
  return identifier?.text ?? '';
}
