import { entities } from '@ayna/contract';
import { postgresDirectory } from '@ayna/sql';
import { writeMigration, writeProcedures } from './write-files.ts';

const USAGE = `sqlgen                      writes the procedures that the contract determines
sqlgen migration <entity>   writes the migration that makes the table of a new entity`;

async function run([command, name]: readonly string[]): Promise<string> {
  if (command === undefined) {
    const paths = await writeProcedures(entities, postgresDirectory);
    return `${paths.length} procedures written to ${postgresDirectory}`;
  }
  if (command !== 'migration') throw new Error(USAGE);
  const entity = entities.find((each) => each.name === name);
  if (!entity) {
    const known = entities.map((each) => each.name).join(', ');
    throw new Error(`no entity is called "${name ?? ''}"; there are ${known}`);
  }
  return `${await writeMigration(entity, postgresDirectory)} written`;
}

try {
  console.log(await run(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
