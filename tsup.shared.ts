import { defineConfig, type Options } from 'tsup';

/** The build of a library: ESM with types, everything it depends on left to the package manager. */
export function libraryBuild(entry: string[] = ['src/index.ts']): ReturnType<typeof defineConfig> {
  const options: Options = {
    entry,
    format: 'esm',
    target: 'node22',
    platform: 'node',
    dts: true,
    sourcemap: true,
    clean: true,
  };
  return defineConfig(options);
}
