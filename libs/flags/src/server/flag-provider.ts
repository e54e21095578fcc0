import {
  OpenFeatureEventEmitter,
  ProviderEvents,
  type EvaluationContext,
  type JsonValue,
  type Provider,
  type ResolutionDetails,
} from '@openfeature/server-sdk';
import type { FlagSource } from '../flag-source.ts';
import { LiveFlags } from '../live-flags.ts';
import { refuseType, resolveFlag } from '../resolve-flag.ts';

/**
 * OpenFeature's provider for servers over a source of flags; the targeting key is the user's id.
 * Evaluating reads from memory. While the source cannot be read, the values read last hold, and the
 * provider says that it is stale.
 *
 * @example
 * await OpenFeature.setProviderAndWait(serverFlagProvider(fileFlags('flags.json')));
 * await OpenFeature.getClient().getBooleanValue(useSqlDmWriteMirror.key, true);
 */
export function serverFlagProvider(source: FlagSource): Provider {
  const events = new OpenFeatureEventEmitter();
  const live = new LiveFlags(source, {
    changed: (flagsChanged) => {
      events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged });
      events.emit(ProviderEvents.Ready);
    },
    stale: ({ message }) => events.emit(ProviderEvents.Stale, { message }),
  });
  const resolve = <Kind extends 'boolean' | 'string'>(
    kind: Kind,
    key: string,
    defaultValue: Kind extends 'boolean' ? boolean : string,
    { targetingKey }: EvaluationContext,
  ): Promise<ResolutionDetails<Kind extends 'boolean' ? boolean : string>> =>
    Promise.resolve(resolveFlag(kind, key, defaultValue, live.written, targetingKey));
  return {
    metadata: { name: source.name },
    runsOn: 'server',
    events,
    initialize: () => live.start(),
    onClose: () => {
      live.stop();
      return Promise.resolve();
    },
    resolveBooleanEvaluation: (key, value, context) => resolve('boolean', key, value, context),
    resolveStringEvaluation: (key, value, context) => resolve('string', key, value, context),
    resolveNumberEvaluation: (key, value) => Promise.resolve(refuseType(key, value)),
    resolveObjectEvaluation: <T extends JsonValue>(key: string, value: T) =>
      Promise.resolve(refuseType(key, value)),
  };
}
