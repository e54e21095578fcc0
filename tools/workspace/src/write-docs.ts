import { writeFile } from 'node:fs/promises';
import { errorPage } from './error-page.ts';

await writeFile(new URL('../../../docs/errors.md', import.meta.url), errorPage());
