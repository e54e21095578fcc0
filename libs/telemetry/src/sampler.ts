import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import type { Logger } from '@ayna/platform';
import type { TelemetrySettings } from './telemetry-settings.ts';

const PARENT_BASED = 'parentbased_';

/** Which traces are recorded, by `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`. */
export function samplerOf(
  { sampler, samplerArgument }: Pick<TelemetrySettings, 'sampler' | 'samplerArgument'>,
  logger: Pick<Logger, 'warn'>,
): Sampler {
  const root = rootSampler(sampler.replace(PARENT_BASED, ''), samplerArgument, logger);
  if (!root) {
    logger.warn(
      { variable: 'OTEL_TRACES_SAMPLER' },
      'OTEL_TRACES_SAMPLER is ignored: expected always_on, always_off or traceidratio, perhaps with parentbased_ before it; all traces are recorded',
    );
  }
  return sampler.startsWith(PARENT_BASED) || !root
    ? new ParentBasedSampler({ root: root ?? new AlwaysOnSampler() })
    : root;
}

function rootSampler(
  name: string,
  argument: string | undefined,
  logger: Pick<Logger, 'warn'>,
): Sampler | undefined {
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratioOf(argument, logger));
    default:
      return undefined;
  }
}

function ratioOf(argument: string | undefined, logger: Pick<Logger, 'warn'>): number {
  const ratio = argument === undefined ? 1 : Number(argument);
  if (ratio >= 0 && ratio <= 1) return ratio;
  logger.warn(
    { variable: 'OTEL_TRACES_SAMPLER_ARG' },
    'OTEL_TRACES_SAMPLER_ARG is ignored: expected a number from 0 to 1; all traces are recorded',
  );
  return 1;
}
