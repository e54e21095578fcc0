export { openFeatureFlags, type OpenFeatureClientFlags } from './client-flags.ts';
export { webFlagProvider } from './flag-provider.ts';
export { DEFAULT_REMOTE_CONFIG_INTERVAL_MS, remoteConfigFlags } from './remote-config-flags.ts';
export { DEFAULT_SERVED_INTERVAL_MS, servedFlags } from './served-flags.ts';
