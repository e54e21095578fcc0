import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** Log lines that say the same but for their figures. */
export interface LogGroup {
  readonly says: string;
  times: number;
  /** The first of them, as it was written. */
  readonly example: string;
}

/** The writers' log: all of it in a file, and what a person should know sorted by what it says. */
export interface WriterLog {
  add(writer: string, line: string): void;
  /** Warnings, errors, and that SQL is back; the most frequent first. */
  groups(): readonly LogGroup[];
  /** Lines that no logger wrote: what Node says of a program that breaks down. */
  strange(): readonly string[];
  close(): Promise<void>;
}

const WARN = 40;
const MAX_STRANGE = 50;
const MAX_EXAMPLE = 600;

export function openWriterLog(file: string): WriterLog {
  const stream = createWriteStream(file);
  const groups = new Map<string, LogGroup>();
  const strange: string[] = [];
  return {
    add: (writer, line) => {
      stream.write(`${writer} ${line}\n`);
      const entry = parse(line);
      if (!entry) {
        if (line.trim() !== '' && strange.length < MAX_STRANGE) strange.push(`${writer} ${line}`);
        return;
      }
      if (entry.level < WARN && !entry.msg.includes('takes work again')) return;
      const says = entry.msg.replace(/\d+(\.\d+)?/g, '#');
      const group = groups.get(says);
      if (group) group.times += 1;
      else groups.set(says, { says, times: 1, example: line.slice(0, MAX_EXAMPLE) });
    },
    groups: () => [...groups.values()].sort((a, b) => b.times - a.times),
    strange: () => strange,
    close: async () => {
      stream.end();
      await once(stream, 'close');
    },
  };
}

function parse(line: string): { readonly level: number; readonly msg: string } | undefined {
  try {
    const json = JSON.parse(line) as { level?: unknown; msg?: unknown };
    if (typeof json.level !== 'number') return undefined;
    return { level: json.level, msg: typeof json.msg === 'string' ? json.msg : '' };
  } catch {
    return undefined;
  }
}
