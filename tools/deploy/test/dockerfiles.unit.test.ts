import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { containerApps } from '../src/containers/container-apps.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe.each(containerApps)('the image of %s', (app) => {
  const dockerfile = () => readFile(join(root, 'apps', app, 'Dockerfile'), 'utf8');

  test('is built on pinned images, with the version of Node that everything is tested with', async () => {
    const text = await dockerfile();
    const images = [...text.matchAll(/^ARG \w+_IMAGE=(.+)$/gm)].map(([, image]) => image);
    expect(images).toHaveLength(2);
    expect(images[0]).toContain(`node:${process.versions.node}-`);
    expect(images.filter((image) => !/:[\w.-]+(@sha256:[0-9a-f]{64})?$/.test(image ?? ''))).toEqual(
      [],
    );
    expect(images.filter((image) => image?.endsWith(':latest'))).toEqual([]);
  });

  test('runs Node itself as the first process, as nobody, and stops by SIGTERM', async () => {
    const [, last = ''] = (await dockerfile()).split('FROM ${RUNTIME_IMAGE}');
    expect(last).toContain('\nUSER 65532:65532\n');
    expect(last).toContain('\nSTOPSIGNAL SIGTERM\n');
    expect(last).toContain('\nENTRYPOINT ["/usr/local/bin/node", "/app/dist/main.js"]\n');
    expect(last).not.toMatch(/^RUN /m);
  });

  test('takes nothing but Node and the pruned folder of this app', async () => {
    const text = await dockerfile();
    expect(text).toContain(`containers/main.ts ${app} /app`);
    const [, last = ''] = text.split('FROM ${RUNTIME_IMAGE}');
    const copied = [...last.matchAll(/^COPY (.+)$/gm)].map(([, what]) => what);
    expect(copied).toEqual([
      '--from=build /src/node_modules/node/bin/node /usr/local/bin/node',
      '--from=build /app /app',
    ]);
  });
});

test('nothing that could hold a secret reaches a build', async () => {
  const ignored = (await readFile(join(root, '.dockerignore'), 'utf8')).split('\n');
  expect(ignored).toEqual(
    expect.arrayContaining(['.git', '**/.env', '**/.env.*', 'deploy.env', '**/*.pem', '**/*.key']),
  );
});
