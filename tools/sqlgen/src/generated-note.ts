import type { Entity } from '@ayna/contract';

/** The command that writes the generated files again. */
export const GENERATE_COMMAND = 'pnpm sqlgen';

export function generatedNote(entity: Entity): string {
  return `-- Generated from the entity ${entity.name} of the contract by \`${GENERATE_COMMAND}\`: change it there.`;
}
