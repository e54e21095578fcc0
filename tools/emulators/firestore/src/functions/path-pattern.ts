/**
 * Compiles a trigger's document pattern to a test for document paths. `{x}`, `{x=*}` and `*` stand
 * for one segment, `{x=**}` and `**` for one or more.
 * Source: https://cloud.google.com/eventarc/docs/path-patterns
 */
export function compilePathPattern(pattern: string): (path: string) => boolean {
  const segments = pattern.replace(/^\/+|\/+$/g, '').split('/');
  const source = segments.map(segmentSource).join('/');
  const regex = new RegExp(`^${source}$`, 's');
  return (path) => regex.test(path);
}

function segmentSource(segment: string): string {
  if (segment === '**' || /^\{[^=}]+=\*\*\}$/.test(segment)) return '.+';
  if (segment === '*' || /^\{[^=}]+(=\*)?\}$/.test(segment)) return '[^/]+';
  return segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
