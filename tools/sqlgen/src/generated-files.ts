import type { Entity } from '@ayna/contract';
import type { SqlDialect } from './dialects.ts';

/** A file that the contract determines, by its path below the folder of the dialect. */
export interface GeneratedFile {
  readonly path: string;
  readonly content: string;
}

/** The procedures of the entities: one file each. */
export function generateProcedures(
  entities: readonly Entity[],
  { names, procedures }: SqlDialect,
): GeneratedFile[] {
  return entities.flatMap((entity) => {
    const { upsert, delete: remove, purge } = names(entity);
    return [
      { path: `procedures/${upsert}.sql`, content: procedures.upsert(entity) },
      { path: `procedures/${remove}.sql`, content: procedures.delete(entity) },
      { path: `procedures/${purge}.sql`, content: procedures.purge(entity) },
    ];
  });
}
