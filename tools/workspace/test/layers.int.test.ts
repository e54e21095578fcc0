import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, test } from 'vitest';

const root = new URL('../../../', import.meta.url).pathname;
// The rule needs no types, and those of a changed file would be worked out anew each time.
const eslint = new ESLint({ cwd: root, overrideConfig: tseslint.configs.disableTypeChecked });

/** What the layering rule says of an import, as if it stood in the named file. */
async function boundaryErrors(file: string, imported: string): Promise<string[]> {
  const text = `import * as imported from '${imported}';\n\nexport const used = imported;\n`;
  const results = await eslint.lintText(text, { filePath: `${root}${file}` });
  return results
    .flatMap(({ messages }) => messages)
    .filter(({ ruleId, fatal }) => fatal === true || ruleId === '@nx/enforce-module-boundaries')
    .map(({ message }) => message);
}

describe('the layers', () => {
  test.for([
    ['a contract that imports upwards', 'libs/contract/src/index.ts', '@ayna/platform'],
    ['a port that imports an engine', 'libs/sql-gateway/src/index.ts', '@ayna/processor'],
    ['an engine that imports another engine', 'libs/processor/src/index.ts', '@ayna/publisher'],
    ['the client that imports a platform', 'libs/client/src/index.ts', '@ayna/platform'],
    ['the client that imports the flags', 'libs/client/src/index.ts', '@ayna/flags'],
    ['a library that imports an app', 'libs/processor/src/index.ts', '@ayna/triggers'],
    ['an app that imports an embedded server', 'apps/writer/src/main.ts', '@ayna/emulator-sql'],
    [
      'an embedded server that imports Ayna',
      'tools/emulators/firestore/src/index.ts',
      '@ayna/contract',
    ],
    [
      'a program that imports the model of its tests',
      'libs/processor/src/index.ts',
      '@ayna/mirror-model',
    ],
    [
      'the model that imports what it judges',
      'tools/mirror-model/src/index.ts',
      '@ayna/sql-gateway',
    ],
  ] as const)('make lint fail for %s', async ([, file, imported]) => {
    expect(await boundaryErrors(file, imported)).toHaveLength(1);
  });

  test.for([
    ['an engine imports a port', 'libs/processor/src/index.ts', '@ayna/sql-gateway'],
    ['an app imports an engine', 'apps/writer/src/main.ts', '@ayna/processor'],
    ['a test imports the model', 'libs/processor/test/histories.int.test.ts', '@ayna/mirror-model'],
  ] as const)('let it pass that %s', async ([, file, imported]) => {
    expect(await boundaryErrors(file, imported)).toEqual([]);
  });
});
