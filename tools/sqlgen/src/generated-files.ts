import type { Entity } from '@ayna/contract';
import { deleteProcedure } from './postgres/delete-procedure.ts';
import { postgresNames } from './postgres/names.ts';
import { purgeProcedure } from './postgres/purge-procedure.ts';
import { upsertProcedure } from './postgres/upsert-procedure.ts';

/** A file that the contract determines, by its path below the folder of the dialect. */
export interface GeneratedFile {
  readonly path: string;
  readonly content: string;
}

/** The procedures of the entities: one file each. */
export function generateProcedures(entities: readonly Entity[]): GeneratedFile[] {
  return entities.flatMap((entity) => {
    const names = postgresNames(entity);
    return [
      { path: `procedures/${names.upsert}.sql`, content: upsertProcedure(entity) },
      { path: `procedures/${names.delete}.sql`, content: deleteProcedure(entity) },
      { path: `procedures/${names.purge}.sql`, content: purgeProcedure(entity) },
    ];
  });
}
