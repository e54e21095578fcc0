import { AynaError } from '@ayna/contract';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What is needed of `pnpm-lock.yaml`, version 9. */
export interface PnpmLock {
  readonly lockfileVersion: string;
  /** By folder: what each package of the workspace depends on. */
  readonly importers: Readonly<Record<string, Importer>>;
  /** By `name@version`: what is known of a package, whoever depends on it. */
  readonly packages: Readonly<Record<string, LockedPackage>>;
  /** By `name@version(peers)`: what a package finds installed beside it. */
  readonly snapshots: Readonly<Record<string, Snapshot>>;
}

interface Importer {
  readonly dependencies?: Readonly<Record<string, { readonly version: string }>>;
  readonly devDependencies?: Readonly<Record<string, { readonly version: string }>>;
}

interface LockedPackage {
  readonly resolution: { readonly integrity?: string };
  readonly engines?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** Names with the versions that they resolve to, or `name@version` where the name is an alias. */
export interface Snapshot {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** @throws AynaError `ArtefactInvalid` when its version is another than can be read here */
export async function readPnpmLock(root: string): Promise<PnpmLock> {
  const lock = parse(await readFile(join(root, 'pnpm-lock.yaml'), 'utf8')) as PnpmLock;
  if (lock.lockfileVersion.split('.')[0] === '9') return lock;
  throw new AynaError(
    'ArtefactInvalid',
    `pnpm-lock.yaml has the version ${lock.lockfileVersion}: expected 9`,
  );
}

/** `1.2.3(peer@4)` of `name`, or the `other@1.2.3` that an alias stands for -> key of a snapshot. */
export function snapshotKey(name: string, version: string): string {
  return /^\d/.test(version) ? `${name}@${version}` : version;
}

/** `name@1.2.3(peer@4)` -> `name@1.2.3`. */
export function withoutPeers(key: string): string {
  const peers = key.indexOf('(');
  return peers < 0 ? key : key.slice(0, peers);
}

/** `@scope/name@1.2.3` -> its name and its version. */
export function nameAndVersion(key: string): { readonly name: string; readonly version: string } {
  const plain = withoutPeers(key);
  const at = plain.lastIndexOf('@');
  return { name: plain.slice(0, at), version: plain.slice(at + 1) };
}
