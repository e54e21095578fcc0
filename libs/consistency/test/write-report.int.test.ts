import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CRC32C } from '@google-cloud/storage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeReport } from '../src/index.ts';

const REPORT = { total: { checked: 3 }, text: 'ığüşöç 😀' };
const today = () => new Date().toISOString().slice(0, 10);

describe('a report for a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ayna-report-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('is written as JSON, in a folder that is made, under the name of the day', async () => {
    const written = await writeReport(join(folder, 'new', 'drift-{date}.json'), REPORT);
    expect(written).toBe(join(folder, 'new', `drift-${today()}.json`));
    expect(JSON.parse(await readFile(written, 'utf8'))).toEqual(REPORT);
  });

  test('that cannot be written is refused by the name of its place', async () => {
    await expect(writeReport('/dev/null/report.json', REPORT)).rejects.toMatchObject({
      code: 'ReportUnwritable',
      message: expect.stringContaining('/dev/null/report.json cannot be written') as string,
    });
  });
});

/** Of the content: what comes second in a multipart upload. The client compares it with its own. */
function checksum(body: string): string {
  const [, , second = ''] = body.split(/^--[^\r\n]+\r?\n/m);
  const content = second.slice(second.indexOf('\r\n\r\n') + 4).replace(/\r\n--[^]*$/, '');
  const crc32c = new CRC32C();
  crc32c.update(Buffer.from(content));
  return crc32c.toString();
}

/** The part of the JSON API of Cloud Storage that takes an upload. */
const uploads: { readonly bucket: string; readonly name: string | null; readonly body: string }[] =
  [];
const server = createServer((request, response) => {
  void textOf(request).then((body) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://storage');
    const [, bucket = ''] = /^\/(?:upload\/storage\/v1\/)?b\/([^/]+)\/o/.exec(pathname) ?? [];
    const isForbidden = bucket === 'forbidden';
    if (!isForbidden) uploads.push({ bucket, name: searchParams.get('name'), body });
    response.writeHead(isForbidden ? 403 : 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        isForbidden
          ? { error: { code: 403, message: 'the account may not create objects' } }
          : { kind: 'storage#object', bucket, crc32c: checksum(body) },
      ),
    );
  });
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += (chunk as Buffer).toString('utf8');
  return text;
}

describe('a report for a bucket', () => {
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    process.env.STORAGE_EMULATOR_HOST = `http://127.0.0.1:${port}`;
  });
  afterAll(() => {
    delete process.env.STORAGE_EMULATOR_HOST;
    server.closeAllConnections();
    server.close();
  });

  test('is uploaded by the client of Cloud Storage', async () => {
    const written = await writeReport('gs://reports/mirror/{date}.json', REPORT);
    expect(written).toBe(`gs://reports/mirror/${today()}.json`);
    expect(uploads).toHaveLength(1);
    const [{ bucket, name, body } = { bucket: '', name: '', body: '' }] = uploads;
    expect({ bucket, name }).toEqual({ bucket: 'reports', name: `mirror/${today()}.json` });
    expect(body).toContain(JSON.stringify(REPORT, null, 2));
  });

  test('that the bucket refuses is told with its place and reason', async () => {
    await expect(writeReport('gs://forbidden/x.json', REPORT)).rejects.toMatchObject({
      code: 'ReportUnwritable',
      message: expect.stringMatching(/^gs:\/\/forbidden\/x\.json .*may not create/) as string,
    });
  });

  test.for(['gs://', 'gs://bucket', 'gs://bucket/', 'gs://bucket/folder/'])(
    'is refused without a full place: %s',
    async (place) => {
      await expect(writeReport(place, REPORT)).rejects.toMatchObject({ code: 'ReportUnwritable' });
    },
  );
});
