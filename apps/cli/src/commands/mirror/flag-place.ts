import { AynaError } from '@ayna/contract';
import { fileFlagEditor, remoteConfigEditor, type FlagEditor } from '@ayna/flags/server';

/** Where flags are edited, by the options first and the settings then. */
export interface FlagPlaceOptions {
  readonly provider: 'none' | 'file' | 'remote-config';
  readonly file: string;
  readonly projectId: string;
}

/** @throws AynaError `InputInvalid` when no place is named */
export async function openFlagEditor(options: FlagPlaceOptions): Promise<FlagEditor> {
  switch (options.provider) {
    case 'none':
      throw new AynaError(
        'InputInvalid',
        'it is not said where the flags are: give --provider file or --provider remote-config',
      );
    case 'file':
      return fileFlagEditor(options.file);
    case 'remote-config': {
      const { getApps, initializeApp } = await import('firebase-admin/app');
      const { getRemoteConfig } = await import('firebase-admin/remote-config');
      const app = getApps()[0] ?? initializeApp({ projectId: options.projectId });
      return remoteConfigEditor(getRemoteConfig(app));
    }
  }
}
