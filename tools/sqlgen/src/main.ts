import { entities } from '@ayna/contract';
import { sqlDialects } from './dialects.ts';
import { writeMigration, writeProcedures } from './write-files.ts';

const USAGE = `sqlgen                      writes the procedures that the contract determines, in every dialect
sqlgen migration <entity>   writes the migrations that make the table of a new entity, or add the
                            columns of its new fields`;

async function run([command, name]: readonly string[]): Promise<string> {
  if (command === undefined) {
    const written = sqlDialects.map(async (dialect) => {
      const paths = await writeProcedures(entities, dialect);
      return `${paths.length} procedures written to ${dialect.directory}`;
    });
    return (await Promise.all(written)).join('\n');
  }
  if (command !== 'migration') throw new Error(USAGE);
  const entity = entities.find((each) => each.name === name);
  if (!entity) {
    const known = entities.map((each) => each.name).join(', ');
    throw new Error(`no entity is called "${name ?? ''}"; there are ${known}`);
  }
  const written = sqlDialects.map(async (dialect) => {
    const path = await writeMigration(entity, dialect);
    return `${path} written`;
  });
  return (await Promise.all(written)).join('\n');
}

try {
  console.log(await run(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
