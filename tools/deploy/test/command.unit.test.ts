import { describe, expect, it } from 'vitest';
import { shellText } from '../src/command.ts';

describe('shellText', () => {
  it('leaves plain arguments as they are', () => {
    const command = { program: 'az', args: ['group', 'show', '--name', 'ayna-rg'] };
    expect(shellText(command)).toBe('az group show --name ayna-rg');
  });

  it('quotes what a shell would take apart', () => {
    const command = { program: 'az', args: ['--query', "a.b[0] | 'x'", ''] };
    expect(shellText(command)).toBe(String.raw`az --query 'a.b[0] | '\''x'\''' ''`);
  });

  it('lets the shell put in a setting that is named in place of its value', () => {
    const command = { program: 'az', args: ['--name', '$AZURE_RESOURCE_GROUP'] };
    expect(shellText(command)).toBe('az --name "$AZURE_RESOURCE_GROUP"');
  });

  it('goes to the folder and sets the variables of the command', () => {
    const command = { program: 'npx', args: ['x'], cwd: 'apps/a', env: { A: 'b c' } };
    expect(shellText(command)).toBe("(cd apps/a && A='b c' npx x)");
  });
});
