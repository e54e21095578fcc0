import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/**
 * The layers, top to bottom: a package may depend on the layers named behind it and on no other.
 * Nothing points up, and no engine imports another engine.
 */
const layers = {
  contract: ['contract'],
  platform: ['contract', 'platform'],
  ports: ['contract', 'platform'],
  engines: ['contract', 'platform', 'ports'],
  flags: ['contract'],
  client: ['contract'],
  app: ['contract', 'platform', 'ports', 'engines', 'flags', 'client'],
  sqlgen: ['contract'],
  emulator: ['emulator'],
  testing: ['contract'],
  tool: [
    'contract',
    'platform',
    'ports',
    'engines',
    'flags',
    'client',
    'app',
    'sqlgen',
    'emulator',
    'tool',
    'testing',
  ],
};

/** Tests of any layer may start the embedded servers, generate SQL and ask the model of the mirror. */
const testLayers = ['emulator', 'sqlgen', 'testing'];

function boundaries(extra = []) {
  return [
    'error',
    {
      allow: ['^.*/(vitest|tsup)\\.shared\\.ts$'],
      enforceBuildableLibDependency: false,
      depConstraints: Object.entries(layers).map(([layer, below]) => ({
        sourceTag: `layer:${layer}`,
        onlyDependOnLibsWithTags: [...new Set([...below, ...extra])].map((name) => `layer:${name}`),
      })),
    },
  ];
}

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '**/coverage/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/prefer-nullish-coalescing': 'error',
    },
  },
  {
    files: ['**/*.ts', '**/*.js'],
    plugins: { '@nx': nx },
    languageOptions: { globals: globals.node },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(),
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportAllDeclaration',
          message: 'Name what you export: `export *` hides changes to the public API.',
        },
        {
          selector: 'ExportDefaultDeclaration',
          message: 'Export by name, so that a thing has one name everywhere.',
        },
      ],
    },
  },
  {
    files: ['**/*.test.ts', '**/test/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': boundaries(testLayers) },
  },
  {
    files: ['**/*.config.{js,ts}'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  prettier,
);
