/** A program to run, with its reason. No argument is a secret: those come by environment. */
export interface Command {
  /** Why it is run: `the container app takes the new image`. */
  readonly why: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Where it runs, below the root of the repository. @defaultValue the root itself */
  readonly cwd?: string;
  /** Variables it gets besides those of this process. @defaultValue none */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * A question to the cloud. When its answer is the expected one, this command is not run, and that
   * is said: so "what changed" is true of the cloud, not of a cache on this machine. An answer that
   * cannot be had (the thing does not exist yet) counts as another.
   */
  readonly unless?: Unless;
}

/** A question and the answer to it that says there is nothing to do. */
export interface Unless {
  readonly program: string;
  readonly args: readonly string[];
  /** The answer, without white space around it, that says there is nothing to do. */
  readonly prints: string;
  /** What is said then: `the container app runs this image already`. */
  readonly says: string;
}

const PLAIN = /^[\w@%+=:,./-]+$/;
const VARIABLE = /\$[A-Z][A-Z0-9_]*/;

/**
 * A command as it can be pasted into a shell. An argument with a `$NAME`, which stands for a setting
 * that a dry run does not know, is in double quotes.
 */
export function shellText({ program, args, cwd, env = {} }: Omit<Command, 'why'>): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`);
  const text = [...variables, ...[program, ...args].map(quoted)].join(' ');
  return cwd === undefined ? text : `(cd ${quoted(cwd)} && ${text})`;
}

function quoted(text: string): string {
  if (PLAIN.test(text)) return text;
  if (VARIABLE.test(text)) return `"${text.replaceAll(/["\\`]/g, String.raw`\$&`)}"`;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
