import type { TraceState } from '@opentelemetry/api';

type Members = readonly (readonly [key: string, value: string])[];

/**
 * What vendors add to a trace context, by the rules of W3C for those who pass it on: an entry that is
 * changed comes first, all others stay as they are. Malformed entries are left out.
 */
export function parseTraceState(text: string): TraceState {
  return traceState(
    text.split(',').flatMap((member) => {
      const [, key, value] =
        /^\s*([a-z0-9][\w*/@-]*)=([\x20-\x2b\x2d-\x3c\x3e-\x7e]+?)\s*$/.exec(member) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );
}

function traceState(members: Members): TraceState {
  const others = (key: string) => members.filter(([name]) => name !== key);
  return {
    get: (key) => members.find(([name]) => name === key)?.[1],
    set: (key, value) => traceState([[key, value], ...others(key)]),
    unset: (key) => traceState(others(key)),
    serialize: () => members.map(([key, value]) => `${key}=${value}`).join(','),
  };
}
