import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apiReports, reportsFolder } from '../src/api-reports.ts';
import { publicPackages } from '../src/public-packages.ts';

/** A function or a class of a report that nothing is said about. */
const UNEXPLAINED = /\(undocumented\)\nexport (?:abstract )?(?:function|class) (\w+)/g;

describe.each(await publicPackages())('the public types of $name', (each) => {
  test('are what docs/api shows: a change is seen in review, and every function is explained', async () => {
    const reports = await apiReports(each, false);
    for (const { subpath, file, changed } of reports) {
      expect(
        changed,
        `the public types of ${subpath} are not what docs/api/${file} shows: where that is meant, run \`npx -y pnpm@12 write-api\` and commit it`,
      ).toBe(false);
      const report = await readFile(join(reportsFolder, file), 'utf8');
      const unexplained = [...report.matchAll(UNEXPLAINED)].map(([, name]) => name);
      expect(unexplained, `${subpath} exports these without a docstring`).toEqual([]);
    }
  });
});
