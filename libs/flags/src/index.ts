export { cohortOf } from './cohort.ts';
export { evaluateFlag, type WrittenFlags } from './evaluate-flag.ts';
export {
  flagDefinitions,
  flaggedFeatures,
  readPhases,
  sqlMirrorReadPhase,
  useSqlDmWriteMirror,
  useSqlMirrorDoubleWrite,
  type FlagDefinition,
  type FlaggedFeature,
  type ReadPhase,
} from './flag-definitions.ts';
export { parseFlagRule, type FlagRule, type RolloutStep } from './flag-rule.ts';
export type { FlagSource } from './flag-source.ts';
