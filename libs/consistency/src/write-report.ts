import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AynaError } from '@ayna/contract';

/**
 * Writes a report as JSON to a file, or to a bucket as `gs://bucket/path`, with the credentials of
 * the process. `{date}` in the name becomes the day in UTC: `gs://reports/mirror-{date}.json`.
 *
 * @returns where it was written
 * @throws AynaError `ReportUnwritable`, naming the place
 */
export async function writeReport(place: string, report: object): Promise<string> {
  const day = new Date().toISOString().slice(0, 10);
  const target = place.replaceAll('{date}', day);
  const text = `${JSON.stringify(report, null, 2)}\n`;
  try {
    if (target.startsWith('gs://')) await writeToBucket(target, text);
    else {
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text);
    }
    return target;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AynaError('ReportUnwritable', `${target} cannot be written: ${detail}`, { cause });
  }
}

async function writeToBucket(target: string, text: string): Promise<void> {
  const [, bucket, path] = /^gs:\/\/([^/]+)\/(.+)$/.exec(target) ?? [];
  if (bucket === undefined || path === undefined || path.endsWith('/')) {
    throw new Error('expected gs://bucket/path');
  }
  const { Storage } = await import('@google-cloud/storage');
  // A report is small: one request, which the client repeats by itself where that is safe.
  await new Storage()
    .bucket(bucket)
    .file(path)
    .save(text, { resumable: false, contentType: 'application/json' });
}
