import type { FlagDefinition } from '../flag-definitions.ts';

/** Where an operator sets flags. */
export interface FlagEditor {
  /** For people: `the file flags.json`. */
  readonly name: string;
  /** The rule as it is written there; undefined for none. */
  get(flag: FlagDefinition): Promise<unknown>;
  /**
   * Writes the rule of one flag and leaves the others alone.
   *
   * @throws AynaError `ConfigInvalid` for a rule that the flag cannot have
   */
  set(flag: FlagDefinition, rule: unknown): Promise<void>;
}
