/** A resource of which the emulator keeps what it is told, without looking into all of it. */
export type Resource = Readonly<Record<string, unknown>>;

/**
 * A resource with the fields that an update mask names (`emailPrivacyConfig,mfa.state`) taken from
 * another; a field that is missing there becomes undefined, so that JSON has it no more. Without a mask, all fields that are there.
 */
export function maskedUpdate(current: Resource, update: Resource, mask: string): Resource {
  const paths = mask.split(',').filter((path) => path !== '');
  if (paths.length === 0) return { ...current, ...update };
  return paths.reduce((result, path) => replaceAt(result, update, path.split('.')), current);
}

function replaceAt(current: Resource, update: Resource, path: readonly string[]): Resource {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    return { ...current, [name]: update[name] };
  }
  return { ...current, [name]: replaceAt(member(current, name), member(update, name), rest) };
}

/** A member that is itself a resource; empty when it is missing. */
export function member(resource: Resource, name: string): Resource {
  const value = resource[name];
  return typeof value === 'object' && value !== null ? (value as Resource) : {};
}
