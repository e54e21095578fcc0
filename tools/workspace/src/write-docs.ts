import { writeFile } from 'node:fs/promises';
import { generatedDocs } from './generated-docs.ts';

for (const { url, text } of await generatedDocs()) await writeFile(url, text);
