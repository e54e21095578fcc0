import { AynaError } from '@ayna/contract';
import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { shellText, type Command, type Unless } from './command.ts';
import type { DeployContext } from './deployment-unit.ts';

/** How to come by a program that does not come with the project. */
const remedies: Readonly<Record<string, string>> = {
  az: 'install the Azure CLI (https://learn.microsoft.com/cli/azure/install-azure-cli), then run az login',
  docker: 'install Docker (https://docs.docker.com/engine/install)',
  npx: 'install Node.js with npm (https://nodejs.org)',
};

/**
 * Makes sure that all programs can be started, before the first of them is.
 *
 * @throws AynaError `ToolMissing`, naming each that is not there and how to come by it
 */
export async function requirePrograms(
  commands: readonly Command[],
  env: DeployContext['env'],
): Promise<void> {
  const programs = commands.flatMap(({ program, unless }) => [
    program,
    ...(unless ? [unless.program] : []),
  ]);
  const missing: string[] = [];
  for (const program of new Set(programs)) {
    if (!(await isThere(program, env))) missing.push(program);
  }
  if (missing.length === 0) return;
  const lines = missing.map(
    (program) =>
      `${program} is not installed: ${remedies[program] ?? `put ${program} on the PATH`}`,
  );
  throw new AynaError('ToolMissing', lines.join('\n'));
}

async function isThere(program: string, { PATH = '' }: DeployContext['env']): Promise<boolean> {
  const places = program.includes('/')
    ? [program]
    : PATH.split(delimiter).map((folder) => join(folder, program));
  for (const place of places) {
    const found = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

/**
 * Runs a command to its end; what it writes goes to the terminal.
 *
 * @throws AynaError `CommandFailed`, naming the command and how it ended
 */
export async function runCommand(command: Command, { root, env }: DeployContext): Promise<void> {
  const { code, signal } = await new Promise<Ended>((resolve, reject) => {
    const child = spawn(command.program, command.args, {
      cwd: join(root, command.cwd ?? '.'),
      env: { ...env, ...command.env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  if (code === 0) return;
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  throw new AynaError('CommandFailed', `ended with ${how}: ${shellText(command)}`);
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Asks the cloud whether a command has anything to do. A question that fails is answered by no. */
export async function isDone(
  { program, args, prints }: Unless,
  { root, env }: DeployContext,
): Promise<boolean> {
  const answer = await new Promise<string | undefined>((resolve) => {
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('error', () => resolve(undefined));
    child.on('close', (code) => resolve(code === 0 ? text.trim() : undefined));
  });
  return answer === prints;
}
