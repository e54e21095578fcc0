import { writeEntityLists } from './entity-lists.ts';

console.log(`the entities are listed in ${(await writeEntityLists()).join(', ')}`);
