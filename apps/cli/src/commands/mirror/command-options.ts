import type { ScopeOptions } from './check-options.ts';

/** What the options of `ayna mirror backfill` say. */
export interface BackfillCommandOptions {
  readonly entity: readonly string[];
  readonly checkpoint: string;
  readonly restart: boolean;
  readonly rate: number | 'max';
  readonly parallel: number;
  readonly maxQueue: number;
  readonly pricePer100k: number;
  readonly rejected?: string;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** What the options of `ayna mirror check` say. */
export interface CheckCommandOptions extends ScopeOptions {
  readonly maxDrift?: number;
  readonly maxMissingInFirestore?: number;
  readonly auth: boolean;
  readonly maxMissingInAuth?: number;
}

/** What the options of `ayna mirror repair` say. */
export interface RepairCommandOptions extends ScopeOptions {
  readonly dryRun: boolean;
  readonly rate?: number;
  /** In seconds. */
  readonly timeout: number;
}
