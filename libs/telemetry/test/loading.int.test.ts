import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** The packages that a program loads which starts telemetry with this environment. */
function loaded(env: Readonly<Record<string, string>>, scraped: boolean): string[] {
  const script = `
    import { registerHooks } from 'node:module';
    const seen = new Set();
    registerHooks({
      load: (url, context, next) => {
        const name = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
        if (name) seen.add(name);
        return next(url, context);
      },
    });
    const { startTelemetry } = await import('../src/index.ts');
    const logger = { warn: () => undefined };
    await startTelemetry({ serviceName: 'test', logger, scraped: ${scraped} });
    process.stdout.write(JSON.stringify([...seen]));
    process.exit(0);
  `;
  const args = ['--conditions=@ayna/source', '--input-type=module', '--eval', script];
  const options = { cwd: import.meta.dirname, env, encoding: 'utf8' } as const;
  return JSON.parse(execFileSync(process.execPath, args, options)) as string[];
}

test('a function that sends nothing loads neither an SDK nor an exporter', () => {
  expect(loaded({}, false).filter((name) => /opentelemetry|azure/.test(name))).toEqual([
    '@opentelemetry/api',
  ]);
});

test('a program that is only scraped loads no exporter but the one for Prometheus', () => {
  const names = loaded({}, true);
  expect(names).toContain('@opentelemetry/exporter-prometheus');
  expect(names.filter((name) => /azure|otlp|sdk-trace/.test(name))).toEqual([]);
});
