import { formatFieldPath } from '../values/field-path.ts';
import { identicalValues } from '../values/identical.ts';
import type { Fields } from '../values/value.ts';

/** The fields that differ between two versions, as the update mask of an event names them. */
export function changedPaths(before: Fields, after: Fields): string[] {
  const paths: string[] = [];
  collect(before, after, [], paths);
  return paths;
}

function collect(before: Fields, after: Fields, prefix: string[], paths: string[]): void {
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const left = before.get(name);
    const right = after.get(name);
    if (left !== undefined && right !== undefined && identicalValues(left, right)) continue;
    const path = [...prefix, name];
    if (left instanceof Map && right instanceof Map && left.size > 0 && right.size > 0) {
      collect(left, right, path, paths);
    } else {
      paths.push(formatFieldPath(path));
    }
  }
}
