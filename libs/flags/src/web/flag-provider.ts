import {
  OpenFeatureEventEmitter,
  ProviderEvents,
  type JsonValue,
  type Provider,
} from '@openfeature/web-sdk';
import type { FlagSource } from '../flag-source.ts';
import { LiveFlags } from '../live-flags.ts';
import { refuseType, resolveFlag } from '../resolve-flag.ts';

/**
 * OpenFeature's provider for web apps over a source of flags; the targeting key is the user's id.
 * Evaluating reads from memory. While the source cannot be read, the values read last hold, and the
 * provider says that it is stale.
 */
export function webFlagProvider(source: FlagSource): Provider {
  const events = new OpenFeatureEventEmitter();
  const live = new LiveFlags(source, {
    changed: (flagsChanged) => {
      events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged });
      events.emit(ProviderEvents.Ready);
    },
    stale: ({ message }) => events.emit(ProviderEvents.Stale, { message }),
  });
  return {
    metadata: { name: source.name },
    runsOn: 'client',
    events,
    initialize: () => live.start(),
    onClose: () => {
      live.stop();
      return Promise.resolve();
    },
    resolveBooleanEvaluation: (key, value, { targetingKey }) =>
      resolveFlag('boolean', key, value, live.written, targetingKey),
    resolveStringEvaluation: (key, value, { targetingKey }) =>
      resolveFlag('string', key, value, live.written, targetingKey),
    resolveNumberEvaluation: (key, value) => refuseType(key, value),
    resolveObjectEvaluation: <T extends JsonValue>(key: string, value: T) => refuseType(key, value),
  };
}
