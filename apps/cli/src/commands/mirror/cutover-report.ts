import type { FlaggedFeature, ReadPhase } from '@ayna/flags';

/** More drift, in percent of the records checked, refuses a cut-over. */
export const MAX_DRIFT_PERCENT = 0.1;
/** A higher P95 from the commit in Firestore to SQL, in milliseconds, refuses it. */
export const MAX_P95_MS = 200;

/** What was measured of a feature. */
export interface CutoverMeasures {
  readonly checked: number;
  readonly driftPercent: number;
  /** Whether everything that was to be compared was. */
  readonly complete: boolean;
  /** How many changes the latency is of. */
  readonly rows: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** A feature, what was measured and what is to become of its flag. */
export interface FeatureCutover {
  readonly feature: FlaggedFeature;
  readonly flag: string;
  /** The highest phase that any user was in. */
  readonly from: ReadPhase;
  readonly to: ReadPhase;
  /** Undefined for the way back to A, which needs no measures. */
  readonly measures?: CutoverMeasures;
  /** Why not; empty when it may be. */
  readonly refusals: readonly string[];
  /** What the flag is set to. */
  readonly rule: unknown;
}

/** What `--json` prints. */
export interface CutoverReport {
  readonly place: string;
  readonly features: readonly FeatureCutover[];
  readonly limits: { readonly maxDriftPercent: number; readonly maxP95Ms: number };
  readonly dryRun: boolean;
  readonly refused: boolean;
  /** Whether the flags were set. */
  readonly done: boolean;
}

/** Why a feature may not move up, in words with the figures. */
export function refusalsOf(
  from: ReadPhase,
  to: ReadPhase,
  { checked, complete, driftPercent, p95Ms, rows }: CutoverMeasures,
): string[] {
  return [
    ...(from === 'A' && to === 'C' ? ['reads are in phase A: go to B first'] : []),
    ...(complete ? [] : ['the comparison was stopped early']),
    ...(checked === 0 ? ['nothing could be compared: there is no document and no row'] : []),
    ...(driftPercent > MAX_DRIFT_PERCENT
      ? [`drift is ${driftPercent.toFixed(3)} % of ${checked}, more than ${MAX_DRIFT_PERCENT} %`]
      : []),
    ...(rows === 0 ? ['the latency is unknown: no change came through the mirror yet'] : []),
    ...(p95Ms > MAX_P95_MS
      ? [`P95 is ${p95Ms.toFixed(0)} ms of ${rows} changes, more than ${MAX_P95_MS} ms`]
      : []),
  ];
}

/** The report for a person. */
export function describeCutover({ place, features, dryRun, refused }: CutoverReport): string {
  const lines = features.flatMap(({ feature, from, to, measures, refusals }) => [
    `${feature}: from ${from} to ${to}`,
    ...(measures ? [describeMeasures(measures)] : []),
    ...refusals.map((refusal) => `  REFUSED: ${refusal}`),
  ]);
  const verdict = refused
    ? 'Nothing was changed.'
    : dryRun
      ? `It may be done. Nothing was changed: this was a dry run on ${place}.`
      : `Done: the flags are set in ${place}.`;
  return [...lines, '', verdict, ''].join('\n');
}

function describeMeasures(measures: CutoverMeasures): string {
  const { checked, driftPercent, p50Ms, p95Ms, rows } = measures;
  const drift = `drift ${driftPercent.toFixed(3)} % of ${checked} records`;
  const latency = `P50 ${p50Ms.toFixed(0)} ms, P95 ${p95Ms.toFixed(0)} ms of ${rows} changes`;
  return `  ${drift}; document to SQL ${latency}`;
}
