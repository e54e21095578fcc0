import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const root = new URL('../../../', import.meta.url);
const FOLDER = 'libs/contract/src/entities/';

/** Where entities are named: files by their path in the repository, with what they are to say. */
export type EntityLists = Readonly<Record<string, string>>;

/**
 * What the files that list the entities have to say, from the files of `libs/contract/src/entities`:
 * each exports one entity under its own name, `dm-message.ts` `dmMessage`.
 *
 * @throws Error when a file exports something else
 */
export async function entityLists(): Promise<EntityLists> {
  const files = (await readdir(new URL(FOLDER, root)))
    .filter((name) => name.endsWith('.ts') && name !== 'index.ts')
    .sort();
  const entities = await Promise.all(files.map(readEntity));
  const read = (path: string) => readFile(new URL(path, root), 'utf8');
  const imports = entities.map(({ file, name }) => `import { ${name} } from './${file}';`);
  const exports = entities.map(({ file, name }) => `export { ${name} } from './entities/${file}';`);
  const names = entities.map(({ name }) => name).join(', ');
  const functions = entities.map(({ functionName }) => functionName).sort();
  const exported = /(?:^export \{ \w+ \} from '\.\/entities\/(?!index).*;\n)+/m;
  const texts = {
    [`${FOLDER}index.ts`]: `import type { Entity } from '../entity.ts';
${imports.join('\n')}

/** Every mirrored document type. Made from the files beside this one by \`pnpm entities\`. */
export const entities: readonly Entity[] = [${names}];
`,
    'libs/contract/src/index.ts': replaced(
      await read('libs/contract/src/index.ts'),
      exported,
      `${exports.join('\n')}\n`,
    ),
    'apps/triggers/src/index.ts': replaced(
      await read('apps/triggers/src/index.ts'),
      /^export const \{[^}]*\} =\s+functions;$/m,
      `export const { ${functions.join(', ')} } = functions;`,
    ),
  };
  const formatted = Object.entries(texts).map(async ([path, text]) => {
    const filepath = fileURLToPath(new URL(path, root));
    return [path, await format(text, { ...(await resolveConfig(filepath)), filepath })] as const;
  });
  return Object.fromEntries(await Promise.all(formatted));
}

/** Writes them. */
export async function writeEntityLists(): Promise<string[]> {
  const lists = Object.entries(await entityLists());
  for (const [path, text] of lists) await writeFile(new URL(path, root), text);
  return lists.map(([path]) => path);
}

async function readEntity(
  file: string,
): Promise<{ readonly file: string; readonly name: string; readonly functionName: string }> {
  const name = file
    .replace(/\.ts$/, '')
    .replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const module = (await import(new URL(`${FOLDER}${file}`, root).href)) as Record<
    string,
    { readonly functionName?: unknown } | undefined
  >;
  const functionName = module[name]?.functionName;
  if (typeof functionName !== 'string') {
    throw new Error(`${FOLDER}${file} has to export the entity \`${name}\`, by defineEntity()`);
  }
  return { file, name, functionName };
}

function replaced(text: string, place: RegExp, by: string): string {
  if (!place.test(text)) throw new Error(`${String(place)} is not there`);
  return text.replace(place, () => by);
}
