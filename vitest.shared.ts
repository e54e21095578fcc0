import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

// Tests start many programs: each takes half the time where its code was compiled before.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL('node_modules/.cache/node-compile-cache', import.meta.url),
);

/**
 * The test settings of every package. A test's suffix says what it costs: `.unit` needs nothing,
 * `.int` starts embedded servers, `.e2e` starts processes.
 */
export const sharedTests: ViteUserConfig = defineConfig({
  resolve: { conditions: ['@ayna/source'] },
  ssr: { resolve: { conditions: ['@ayna/source'], externalConditions: ['@ayna/source'] } },
  test: {
    include: ['{src,test}/**/*.{unit,int,e2e}.test.ts'],
    pool: 'forks',
    // What a test resolves by itself, to start it as a process, is the source too.
    execArgv: ['--conditions=@ayna/source'],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
