import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { root, type PublicPackage } from './public-packages.ts';

/** Where the public types of each subpath are kept, for review. */
export const reportsFolder = join(root, 'docs/api');

/** What a subpath of a package gives to those who import it, as a file of `docs/api`. */
export interface ApiReport {
  readonly subpath: string;
  /** `contract.gateway.api.md` for `@ayna/contract/gateway`. */
  readonly file: string;
  /** Exports, and members of theirs, without a word of explanation. */
  readonly undocumented: readonly string[];
  /** Whether the file in `docs/api` says something else. */
  readonly changed: boolean;
}

/**
 * Compares the public types of a built package with its files in `docs/api`.
 *
 * @param update whether the files are brought to what the package says
 * @throws Error when the declarations of the package cannot be read: build it first
 */
export async function apiReports(
  { name, folder, subpaths }: PublicPackage,
  update: boolean,
): Promise<ApiReport[]> {
  const reports: ApiReport[] = [];
  await mkdir(reportsFolder, { recursive: true });
  const manifestPath = join(root, folder, 'package.json');
  const { exports } = JSON.parse(await readFile(manifestPath, 'utf8')) as {
    readonly exports: Readonly<Record<string, { readonly types: string }>>;
  };
  for (const subpath of subpaths) {
    const types = exports[`.${subpath.slice(name.length)}`]?.types ?? '';
    const reportFileName = subpath.replace('@ayna/', '').replaceAll('/', '.');
    const undocumented: string[] = [];
    const config = ExtractorConfig.prepare({
      configObject: {
        projectFolder: join(root, folder),
        mainEntryPointFilePath: join(root, folder, types),
        compiler: {
          overrideTsconfig: {
            compilerOptions: {
              target: 'ES2023',
              module: 'NodeNext',
              moduleResolution: 'NodeNext',
              strict: true,
              skipLibCheck: true,
              types: ['node'],
              lib: ['ES2023', 'ESNext', 'DOM'],
            },
            files: [join(root, folder, types)],
          },
        },
        apiReport: {
          enabled: true,
          reportFileName,
          reportFolder: reportsFolder,
          reportTempFolder: join(root, 'node_modules/.cache/api'),
        },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        messages: {
          extractorMessageReporting: {
            default: { logLevel: ExtractorLogLevel.None },
            'ae-undocumented': { logLevel: ExtractorLogLevel.Warning },
          },
          tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
          compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        },
        newlineKind: 'lf',
      },
      configObjectFullPath: undefined,
      packageJsonFullPath: manifestPath,
    });
    const result = Extractor.invoke(config, {
      localBuild: update,
      messageCallback: (message) => {
        if (message.messageId === 'ae-undocumented') undocumented.push(message.text);
        message.handled = true;
      },
    });
    reports.push({
      subpath,
      file: `${reportFileName}.api.md`,
      undocumented,
      changed: result.apiReportChanged,
    });
  }
  return reports;
}
