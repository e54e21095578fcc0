import { AynaError } from '@ayna/contract';
import {
  nameAndVersion,
  snapshotKey,
  withoutPeers,
  type PnpmLock,
  type Snapshot,
} from './pnpm-lock.ts';

/** A package that a bundle depends on directly. */
export interface DirectDependency {
  /** Its key among the snapshots of `pnpm-lock.yaml`. */
  readonly key: string;
  /** Its programs, by name. */
  readonly bin: Readonly<Record<string, string>>;
}

export interface BundleManifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** A folder of `node_modules` with what is in it. */
interface Place {
  /** `node_modules/a/node_modules/b`; empty for the root. */
  readonly path: string;
  readonly parent: Place | undefined;
  readonly children: Map<string, Child>;
}

interface Child {
  readonly key: string;
  readonly place: Place;
  optional: boolean;
}

/**
 * The `package-lock.json` of a bundle: the same versions, with the same hashes, that the workspace
 * was tested with, laid out as npm does. Needs no registry and gives the same text each time.
 *
 * @param direct what the bundle depends on, by name
 * @throws AynaError `ArtefactInvalid` for a package that `pnpm-lock.yaml` does not know
 */
export function npmLock(
  lock: PnpmLock,
  manifest: BundleManifest,
  direct: ReadonlyMap<string, DirectDependency>,
): object {
  const top = layOut(lock, direct);
  const packages: Record<string, object> = {
    '': { name: manifest.name, version: manifest.version, dependencies: manifest.dependencies },
  };
  for (const [path, child] of sorted(allBelow(top))) {
    const isAtTop = path.lastIndexOf('node_modules/') === 0;
    const bin = isAtTop ? direct.get(nameOf(path))?.bin : undefined;
    packages[path] = entryOf(lock, child, nameOf(path), bin ?? {});
  }
  return {
    name: manifest.name,
    version: manifest.version,
    lockfileVersion: 3,
    requires: true,
    packages,
  };
}

function layOut(lock: PnpmLock, direct: ReadonlyMap<string, DirectDependency>): Place {
  const top: Place = { path: '', parent: undefined, children: new Map() };
  const queue: Child[] = [];
  for (const [name, { key }] of direct) queue.push(put(top, name, key, false));
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { dependencies, optional } = dependenciesOf(lock, next.key);
    for (const [name, key] of [...dependencies, ...optional]) {
      const isOptional = next.optional || optional.has(name);
      const found = visible(next.place, name);
      if (found && withoutPeers(found.key) === withoutPeers(key)) {
        if (found.optional && !isOptional) {
          found.optional = false;
          queue.push(found);
        }
        continue;
      }
      // Where nothing of that name is in sight, at the top; else below the one that needs another.
      queue.push(put(found ? next.place : top, name, key, isOptional));
    }
  }
  return top;
}

function put(parent: Place, name: string, key: string, optional: boolean): Child {
  const path = `${parent.path === '' ? '' : `${parent.path}/`}node_modules/${name}`;
  const child: Child = { key, optional, place: { path, parent, children: new Map() } };
  parent.children.set(name, child);
  return child;
}

/** What Node finds for a name from a package, walking up. */
function visible(from: Place, name: string): Child | undefined {
  for (let place: Place | undefined = from; place; place = place.parent) {
    const child = place.children.get(name);
    if (child) return child;
  }
  return undefined;
}

function dependenciesOf(
  lock: PnpmLock,
  key: string,
): { readonly dependencies: Map<string, string>; readonly optional: Map<string, string> } {
  const snapshot: Snapshot | undefined = lock.snapshots[key];
  if (!snapshot) {
    throw new AynaError('ArtefactInvalid', `pnpm-lock.yaml does not know ${key}: run pnpm install`);
  }
  const keys = (versions: Readonly<Record<string, string>> = {}) =>
    new Map(Object.entries(versions).map(([name, version]) => [name, snapshotKey(name, version)]));
  return {
    dependencies: keys(snapshot.dependencies),
    optional: keys(snapshot.optionalDependencies),
  };
}

function* allBelow(place: Place): Generator<[string, Child]> {
  for (const child of place.children.values()) {
    yield [child.place.path, child];
    yield* allBelow(child.place);
  }
}

function sorted(entries: Iterable<[string, Child]>): [string, Child][] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

function entryOf(
  lock: PnpmLock,
  { key, optional }: Child,
  alias: string,
  bin: Readonly<Record<string, string>>,
): object {
  const { name, version } = nameAndVersion(key);
  const known = lock.packages[withoutPeers(key)];
  const integrity = known?.resolution.integrity;
  if (!known || integrity === undefined) {
    throw new AynaError('ArtefactInvalid', `${key} does not come from the npm registry`);
  }
  const { dependencies, optional: optionals } = dependenciesOf(lock, key);
  const peers = new Set(Object.keys(known.peerDependencies ?? {}));
  const { engines, os, cpu, libc, peerDependencies, peerDependenciesMeta } = known;
  return {
    ...(alias === name ? {} : { name }),
    version,
    resolved: `https://registry.npmjs.org/${name}/-/${name.split('/').at(-1)}-${version}.tgz`,
    integrity,
    ...(optional && { optional }),
    ...(engines && { engines }),
    ...(os && { os }),
    ...(cpu && { cpu }),
    ...(libc && { libc }),
    ...(Object.keys(bin).length > 0 && { bin }),
    ...versionsOf('dependencies', dependencies, peers),
    ...versionsOf('optionalDependencies', optionals, peers),
    ...(peerDependencies && { peerDependencies }),
    ...(peerDependenciesMeta && { peerDependenciesMeta }),
  };
}

/** Without the peers, which pnpm counts among the dependencies and npm apart from them. */
function versionsOf(
  field: string,
  keys: ReadonlyMap<string, string>,
  peers: ReadonlySet<string>,
): object {
  const versions = [...keys]
    .filter(([name]) => !peers.has(name))
    .map(([name, key]) => {
      const target = nameAndVersion(key);
      return [name, target.name === name ? target.version : `npm:${withoutPeers(key)}`];
    });
  return versions.length > 0 ? { [field]: Object.fromEntries(versions) as object } : {};
}
