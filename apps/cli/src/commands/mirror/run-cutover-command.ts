import { checkMirror, checkSettings, type MirrorEndsConfig } from '@ayna/consistency';
import { AynaError, dmConversation, dmMessage, followEdge, type Entity } from '@ayna/contract';
import { flaggedFeatures, sqlMirrorReadPhase, type FlaggedFeature } from '@ayna/flags';
import { exitCodes, readConfig } from '@ayna/platform';
import { openDatabase, readLatencies, sqlOf } from '@ayna/sql-gateway';
import { z } from 'zod';
import type { CommandContext } from '../../command-context.ts';
import { withChecking } from './checking.ts';
import {
  describeCutover,
  MAX_DRIFT_PERCENT,
  MAX_P95_MS,
  refusalsOf,
  type CutoverMeasures,
  type CutoverReport,
  type FeatureCutover,
} from './cutover-report.ts';
import { currentRule, cutoverRule, highestPhase } from './cutover-rule.ts';
import { openFlagEditor } from './flag-place.ts';

/** What the options of `ayna mirror cutover` say. */
export interface CutoverCommandOptions {
  readonly to: 'A' | 'B' | 'C';
  readonly entity: readonly string[];
  readonly percentage?: number;
  readonly provider?: 'file' | 'remote-config';
  readonly flagsFile?: string;
  readonly rows: number;
  readonly sample?: string;
  readonly seed?: number;
  readonly dryRun: boolean;
  readonly json: boolean;
}

const flagSettings = {
  FLAGS_PROVIDER: z.enum(['none', 'file', 'remote-config']).default('none'),
  FLAGS_FILE: z.string().default('ayna-flags.json'),
};

/** What clients read of each feature. */
const entitiesOf: Readonly<Record<FlaggedFeature, readonly Entity[]>> = {
  dm: [dmConversation, dmMessage],
  follow: [followEdge],
};

/** Runs `ayna mirror cutover`. */
export async function runCutoverCommand(
  context: CommandContext,
  options: CutoverCommandOptions,
): Promise<void> {
  const config = readConfig({ ...checkSettings, ...flagSettings }, context.env);
  const editor = await openFlagEditor({
    provider: options.provider ?? config.FLAGS_PROVIDER,
    file: options.flagsFile ?? config.FLAGS_FILE,
    projectId: config.GOOGLE_CLOUD_PROJECT,
  });
  const features: FeatureCutover[] = [];
  for (const feature of featuresNamed(options.entity)) {
    const flag = sqlMirrorReadPhase[feature];
    const rule = currentRule(flag, await editor.get(flag));
    const from = highestPhase(rule);
    const plan = {
      feature,
      flag: flag.key,
      from,
      to: options.to,
      rule: cutoverRule(rule, options.to, options.percentage),
    };
    if (options.to === 'A') {
      features.push({ ...plan, refusals: [] });
    } else {
      const measures = await measure(context, config, options, feature);
      features.push({ ...plan, measures, refusals: refusalsOf(from, options.to, measures) });
    }
  }
  const refused = features.some(({ refusals }) => refusals.length > 0);
  const done = !refused && !options.dryRun && !context.signal.aborted;
  if (done) {
    for (const { feature, rule } of features) await editor.set(sqlMirrorReadPhase[feature], rule);
  }
  const report: CutoverReport = {
    place: editor.name,
    features,
    limits: { maxDriftPercent: MAX_DRIFT_PERCENT, maxP95Ms: MAX_P95_MS },
    dryRun: options.dryRun,
    refused,
    done,
  };
  if (refused) context.exitCode = exitCodes.failed;
  await context.print(options.json ? `${JSON.stringify(report)}\n` : describeCutover(report));
}

function featuresNamed(names: readonly string[]): FlaggedFeature[] {
  const unknown = names.find((name) => !flaggedFeatures.some((feature) => feature === name));
  if (unknown !== undefined) {
    throw new AynaError(
      'InputInvalid',
      `there is no cut-over of "${unknown}": there are ${flaggedFeatures.join(' and ')}`,
    );
  }
  return flaggedFeatures.filter((name) => names.length === 0 || names.includes(name));
}

async function measure(
  context: CommandContext,
  config: MirrorEndsConfig,
  { rows, sample, seed }: CutoverCommandOptions,
  feature: FlaggedFeature,
): Promise<CutoverMeasures> {
  const entities = entitiesOf[feature];
  const scope = {
    entity: entities.map(({ name }) => name),
    ...(sample === undefined ? {} : { sample }),
    ...(seed === undefined ? {} : { seed }),
    json: false,
  };
  const { total, complete } = await withChecking(context, config, scope, checkMirror);
  await using database = openDatabase({ url: sqlOf(config).database, poolSize: 1 });
  const latencies: number[] = [];
  for (const entity of entities) latencies.push(...(await readLatencies(database, entity, rows)));
  latencies.sort((a, b) => a - b);
  const percentile = (rank: number) =>
    latencies[Math.max(0, Math.ceil((rank / 100) * latencies.length) - 1)] ?? 0;
  return {
    checked: total.checked,
    driftPercent: total.driftPercent,
    complete,
    rows: latencies.length,
    p50Ms: percentile(50),
    p95Ms: percentile(95),
  };
}
