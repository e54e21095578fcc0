import { ProviderEvents, type Client } from '@openfeature/web-sdk';
import {
  sqlMirrorReadPhase,
  useSqlMirrorDoubleWrite,
  readPhases,
  type FlaggedFeature,
  type ReadPhase,
} from '../flag-definitions.ts';

/** The flags as `@ayna/client` asks for them (its port `ClientFlags`). */
export interface OpenFeatureClientFlags {
  doubleWrite(feature: FlaggedFeature): boolean;
  readPhase(feature: FlaggedFeature): ReadPhase;
  /** Calls back when a flag may have another value; returns what ends that. */
  subscribe(onChange: () => void): () => void;
}

/**
 * Reads the flags through a client of OpenFeature, whose context carries the user's id as
 * `targetingKey`.
 *
 * @example
 * await OpenFeature.setContext({ targetingKey: user.uid });
 * await OpenFeature.setProviderAndWait(webFlagProvider(remoteConfigFlags(getRemoteConfig())));
 * const flags = openFeatureFlags(OpenFeature.getClient());
 */
export function openFeatureFlags(client: Client): OpenFeatureClientFlags {
  return {
    doubleWrite: (feature) => {
      const { key, defaultValue } = useSqlMirrorDoubleWrite[feature];
      return client.getBooleanValue(key, defaultValue);
    },
    readPhase: (feature) => {
      const { key, defaultValue } = sqlMirrorReadPhase[feature];
      const value = client.getStringValue(key, defaultValue);
      return readPhases.find((phase) => phase === value) ?? defaultValue;
    },
    subscribe: (onChange) => {
      const events = [
        ProviderEvents.ConfigurationChanged,
        ProviderEvents.ContextChanged,
        ProviderEvents.Ready,
      ] as const;
      for (const event of events) client.addHandler(event, onChange);
      return () => {
        for (const event of events) client.removeHandler(event, onChange);
      };
    },
  };
}
