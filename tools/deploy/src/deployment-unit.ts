import type { z } from 'zod';
import type { Command } from './command.ts';

/** The units, in the order in which they are deployed. */
type UnitName =
  'infrastructure' | 'migrations' | 'writer' | 'checker' | 'hub' | 'triggers' | 'gateway';

/** The settings of a unit: a type of text for each environment variable. None of them is a secret. */
export type SettingsShape = Readonly<Record<string, z.ZodType<string | undefined>>>;

/** What `commands` and `checks` are told besides the settings. */
export interface DeployContext {
  /** The root of the repository, absolute. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True while nothing may be changed and no credentials are at hand. */
  readonly dryRun: boolean;
}

/** Something that is proved of an artefact, without credentials and without changing anything. */
export interface Check {
  /** What is true when it passes: `the bundle loads without any setting`. */
  readonly title: string;
  /**
   * @returns what was seen, for people, in a few words or lines; may be nothing
   * @throws what is wrong; an AynaError `ArtefactInvalid` where the artefact is
   */
  run(): Promise<string | undefined>;
}

/**
 * A part of Ayna that is deployed by itself. Each run first runs the checks, all of them, and, when
 * they pass, the commands one after the other until one fails. A dry run prints the commands in
 * place of running them.
 */
export interface DeploymentUnit<Shape extends SettingsShape = SettingsShape> {
  readonly name: UnitName;
  /** The Nx project whose target `deploy` runs this unit. */
  readonly project: string;
  /** One sentence: what is where afterwards. */
  readonly what: string;
  /**
   * The settings it takes, from the environment or the file of settings. In a dry run a setting that
   * is missing stands in the commands by its name, as `$NAME`.
   */
  readonly settings: Shape;
  /** The environment variables its commands read secrets from; they are named, never read. */
  readonly secrets: readonly string[];
  checks(context: DeployContext): readonly Check[];
  /** Called after the checks have passed. Changes nothing itself but files below `dist`. */
  commands(
    settings: Readonly<z.infer<z.ZodObject<Shape>>>,
    context: DeployContext,
  ): Promise<readonly Command[]>;
}

/** A unit as the runner takes it; gives `commands` the types of its own settings. */
export function defineUnit<Shape extends SettingsShape>(
  unit: DeploymentUnit<Shape>,
): DeploymentUnit {
  return unit as unknown as DeploymentUnit;
}
