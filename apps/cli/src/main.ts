#!/usr/bin/env node
import { runCommandLine } from './command-line.ts';
import { quietWarnings } from './quiet-warnings.ts';

quietWarnings();

process.exit(await runCommandLine(process.argv.slice(2)));
