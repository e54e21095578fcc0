export { DEFAULT_FILE_INTERVAL_MS, fileFlagEditor, fileFlags } from './file-flags.ts';
export type { FlagEditor } from './flag-editor.ts';
export { serverFlagProvider } from './flag-provider.ts';
export {
  DEFAULT_REMOTE_CONFIG_INTERVAL_MS,
  remoteConfigEditor,
  remoteConfigServerFlags,
} from './remote-config-flags.ts';
