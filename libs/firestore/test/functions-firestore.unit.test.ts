import { deleteApp, getApp } from 'firebase-admin/app';
import { afterEach, expect, test, vi } from 'vitest';
import { functionsFirestore } from '../src/index.ts';

afterEach(async () => {
  vi.unstubAllEnvs();
  await deleteApp(getApp());
});

test('functions of several packages in one process get the same database', async () => {
  vi.stubEnv('GCLOUD_PROJECT', 'demo-ayna');
  const first = functionsFirestore();
  vi.resetModules();
  const copy = await import('../src/functions-firestore.ts');
  expect(copy.functionsFirestore()).toBe(first);
});
