import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AynaError, decodeValue, entities, locateDocument } from '@ayna/contract';
import type { Write } from './write.ts';

const GZIP_MAGIC = [0x1f, 0x8b];

export interface InputFile {
  readonly documents: number;
  /** The malformed lines, each with its number; empty when all are good. */
  readonly malformed: readonly string[];
  /** Reads the file again, good lines only. */
  writes(): AsyncIterable<Write>;
}

/**
 * Checks a file of JSON lines `{"path","data"}` from end to end before anything is written.
 *
 * @throws AynaError `InputInvalid` when the file cannot be read, a path belongs to no entity, or,
 * with `strict`, at the first malformed line
 */
export async function openInput(file: string, strict: boolean): Promise<InputFile> {
  const malformed: string[] = [];
  let documents = 0;
  for await (const { line, text } of lines(file)) {
    const parsed = parseLine(text, line);
    if (typeof parsed !== 'string') documents += 1;
    else if (strict) throw new AynaError('InputInvalid', `${file}, ${parsed}`);
    else malformed.push(parsed);
  }
  return {
    documents,
    malformed,
    writes: async function* () {
      for await (const { line, text } of lines(file)) {
        const parsed = parseLine(text, line);
        if (typeof parsed !== 'string') yield parsed;
      }
    },
  };
}

/** The write in a line, or what is wrong with it. */
function parseLine(text: string, line: number): Write | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return `line ${line} is not JSON`;
  }
  if (!isRecord(json) || typeof json.path !== 'string' || !isRecord(json.data)) {
    return `line ${line} is not an object with a text "path" and an object "data"`;
  }
  const { path, data } = json as { path: string; data: Record<string, unknown> };
  if (!locateDocument(entities, path)) {
    throw new AynaError(
      'InputInvalid',
      `line ${line}: "${path.slice(0, 200)}" belongs to no mirrored collection (known are ${entities
        .map((entity) => entity.path.pattern)
        .join(', ')})`,
    );
  }
  try {
    const fields = Object.fromEntries(
      Object.entries(data).map(([name, value]) => [name, decodeValue(value)]),
    );
    return { path, fields, line };
  } catch (error) {
    return `line ${line}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function* lines(file: string): AsyncIterable<{ line: number; text: string }> {
  const gzip = await isGzip(file);
  const raw = createReadStream(file);
  // The callback only marks the error as handled: the reader below meets it as well.
  const stream = gzip ? pipeline(raw, createGunzip(), () => undefined) : raw;
  const failed = new Promise<never>((_, reject) => stream.once('error', reject));
  failed.catch(() => undefined);
  const reader = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  const iterator = reader[Symbol.asyncIterator]();
  try {
    for (let line = 1; ; line += 1) {
      const next = await Promise.race([iterator.next(), failed]);
      if (next.done === true) break;
      if (next.value.trim() !== '') yield { line, text: next.value };
    }
    if (stream.errored) throw stream.errored;
  } catch (cause) {
    if (cause instanceof AynaError) throw cause;
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AynaError(
      'InputInvalid',
      gzip
        ? `the input "${file}" is not a readable gzip file: ${detail}`
        : `the input "${file}" cannot be read: ${detail}`,
    );
  } finally {
    reader.close();
    raw.destroy();
  }
}

async function isGzip(file: string): Promise<boolean> {
  try {
    await using handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === GZIP_MAGIC[0] && buffer[1] === GZIP_MAGIC[1]
      ? true
      : file.endsWith('.gz');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new AynaError(
      'InputInvalid',
      code === 'ENOENT'
        ? `the input "${file}" does not exist`
        : `the input "${file}" cannot be read (${code ?? String(cause)})`,
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
