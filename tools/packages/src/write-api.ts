/** `pnpm write-api`: renews the files of `docs/api`, which show the public types of every package. */
import { apiReports } from './api-reports.ts';
import { publicPackages } from './public-packages.ts';

for (const each of await publicPackages()) {
  for (const { file, undocumented, changed } of await apiReports(each, true)) {
    console.log(`${file}${changed ? ' changed' : ''}`);
    for (const text of undocumented) console.log(`  ${text}`);
  }
}
