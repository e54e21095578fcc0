import { pascalCase, snakeCase } from '@ayna/contract';
import { CamelCasePlugin } from 'kysely';

/** The dialects in which lists are read. */
export type DialectName = 'postgres' | 'sqlserver';

/** How each dialect writes a name of the contract. */
const inSql: Readonly<Record<DialectName, (name: string) => string>> = {
  postgres: snakeCase,
  sqlserver: pascalCase,
};

/**
 * Lets queries speak of tables and columns in the names of the contract: `lastMessageAt` is
 * `last_message_at` in PostgreSQL and `LastMessageAt` in SQL Server. The keys inside JSON columns
 * stay as they are.
 */
export class MirrorNaming extends CamelCasePlugin {
  readonly #inSql: (name: string) => string;

  constructor(dialect: DialectName) {
    super({ maintainNestedObjectKeys: true });
    this.#inSql = inSql[dialect];
  }

  protected override snakeCase(name: string): string {
    return this.#inSql(name);
  }

  protected override camelCase(name: string): string {
    return name
      .replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
      .replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  }
}
