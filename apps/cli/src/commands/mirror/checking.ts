import {
  checkModeOf,
  entitiesNamed,
  openMirrorEnds,
  type CheckOptions,
  type MirrorEndsConfig,
} from '@ayna/consistency';
import { entities } from '@ayna/contract';
import { keepHeapSmall } from '@ayna/platform';
import type { CommandContext } from '../../command-context.ts';
import { showCheckProgress } from './check-progress.ts';
import type { ScopeOptions } from './check-options.ts';

/**
 * Connects both ends, does what is to be done with the part of the mirror that the options name,
 * and shows how far it is.
 */
export async function withChecking<Result>(
  { signal }: CommandContext,
  config: MirrorEndsConfig,
  options: ScopeOptions,
  work: (options: CheckOptions) => Promise<Result>,
): Promise<Result> {
  const chosen = entitiesNamed(entities, options.entity);
  const mode = checkModeOf(options);
  keepHeapSmall({ growingPercent: 20 });
  await using ends = await openMirrorEnds(config, entities);
  const progress = showCheckProgress();
  try {
    return await work({
      entities: chosen,
      source: ends.source,
      store: ends.store,
      mode,
      recheck: { pauseMs: config.CHECK_PAUSE_MS },
      signal,
      onProgress: progress.update,
    });
  } finally {
    progress.stop();
  }
}
