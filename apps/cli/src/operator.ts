import { hostname, userInfo } from 'node:os';

/** Who runs this process, for an audit: `user@host`. */
export function operatorName(): string {
  return `${userName()}@${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container, the user may have a number and no name.
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
