import { resolve } from 'node:path';
import { writeSboms } from './write-sboms.ts';

const folder = resolve(process.argv[2] ?? 'dist/sbom');
await writeSboms(folder);
process.stdout.write(`${folder}\n`);
