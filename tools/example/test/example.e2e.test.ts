import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dmConversation, dmMessage } from '@ayna/contract';
import { sqlMirrorReadPhase, useSqlDmWriteMirror, useSqlMirrorDoubleWrite } from '@ayna/flags';
import { openDatabase } from '@ayna/sql-gateway';
import { getFirestore } from 'firebase-admin/firestore';
import { sql } from 'kysely';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startExample, type Example } from '../src/start-example.ts';
import { launch, openExample, type ExamplePage } from './example-page.ts';
import { findChromium } from './find-chromium.ts';

const chromium = findChromium();
const PATIENCE = { timeout: 45_000, interval: 100 };

let example: Example;
let profile: string;
let browser: BrowserContext;
let page: ExamplePage;

/** Who wrote the rows of a conversation's messages into SQL, by their text. */
async function rowsInSql(): Promise<Record<string, string>> {
  const rows: Record<string, string> = {};
  for await (const row of example.ends.store.scan(dmMessage)) {
    const body = row.columns?.body;
    if (typeof body === 'string') rows[body] = row.syncSource ?? '';
  }
  return rows;
}

async function setPhase(phase: 'A' | 'B' | 'C'): Promise<void> {
  for (const feature of ['dm', 'follow'] as const) {
    await example.flags.set(sqlMirrorReadPhase[feature], phase);
  }
}

/** Changes a row by hand, behind the mirror's back. */
async function setInSql(from: string, to: string): Promise<void> {
  await using database = openDatabase({ url: process.env.DATABASE_URL ?? '', poolSize: 1 });
  await sql`UPDATE dm_messages_mirror SET body = ${to} WHERE body = ${from}`.execute(
    database.kysely,
  );
}

const sees = (probe: () => Promise<unknown>) => expect.poll(probe, PATIENCE);

describe.skipIf(chromium === undefined)('the example app in a browser', () => {
  beforeAll(async () => {
    example = await startExample();
    await example.flags.set(useSqlMirrorDoubleWrite.dm, true);
    await example.flags.set(useSqlMirrorDoubleWrite.follow, true);
    profile = await mkdtemp(join(tmpdir(), 'ayna-browser-'));
    browser = await launch(chromium ?? '', profile);
    page = await openExample(browser, example.url);
  });
  afterAll(async () => {
    await (browser as BrowserContext | undefined)?.close();
    await (example as Example | undefined)?.close();
    await rm(profile, { recursive: true, force: true });
  });

  test('in phase A reads Firestore, and finds SQL without drift', async () => {
    await page.send('one');
    await page.follow('bob');
    await sees(page.messages).toEqual(['one']);
    await sees(page.following).toEqual(['bob']);
    expect(await page.source()).toBe('Firestore');
    await sees(rowsInSql).toHaveProperty('one');
    await sees(async () => (await page.state('dm')).compared).toBeGreaterThan(0);
    expect(await page.state('dm')).toMatchObject({ flag: 'A', phase: 'A', drift: '0.00 %' });
    await sees(page.queued).toBe(0);
  });

  test('in phase B reads SQL as soon as the flag says so, and shows what it writes', async () => {
    await setPhase('B');
    await sees(page.source).toBe('SQL');
    await sees(page.followSource).toBe('SQL');
    await page.send('two');
    await sees(page.messages).toEqual(['two', 'one']);
    await sees(rowsInSql).toHaveProperty('two');
    await sees(page.queued).toBe(0);
    // The table is drawn at its own pace.
    await sees(async () => (await page.state('dm')).phase).toBe('B');
  });

  test('shows what others write', async () => {
    await getFirestore().collection(`conversations/${example.conversationId}/messages`).add({
      authorId: 'bob',
      body: 'of bob',
      media: null,
      createdAt: new Date(),
      updatedAt: null,
    });
    await sees(page.messages).toContain('of bob');
    expect(await page.source()).toBe('SQL');
  });

  test('falls back to Firestore while SQL says something else, and returns when it is right', async () => {
    await setInSql('one', 'tampered with');
    await sees(async () => (await page.state('dm')).phase).toBe('A (drift)');
    await sees(page.messages).toContain('one');
    expect(await page.source()).toBe('Firestore');
    await setInSql('tampered with', 'one');
    await sees(async () => (await page.state('dm')).phase).toBe('B');
    await sees(page.source).toBe('SQL');
  });

  test('in phase C reads SQL only', async () => {
    await setPhase('C');
    await sees(async () => (await page.state('dm')).phase).toBe('C');
    await page.send('three');
    await sees(async () => (await page.messages())[0]).toBe('three');
    expect(await page.source()).toBe('SQL');
    await sees(rowsInSql).toHaveProperty('three');
  });

  test('falls back to Firestore when the gateway is stopped, and keeps what it writes', async () => {
    await sees(page.queued).toBe(0);
    // From here on only the client's own calls bring messages to SQL.
    await example.flags.set(useSqlDmWriteMirror, false);
    await triggersAreOff();
    await example.stopGateway();
    await sees(async () => (await page.state('dm')).phase).toMatch(/^A|^B/);
    await sees(page.source).toBe('Firestore');
    await page.send('four');
    await sees(async () => (await page.messages())[0]).toBe('four');
    // The message and the conversation it changes.
    await sees(page.queued).toBe(2);
    await sees(async () => (await page.issues()).join('\n')).toContain('saved, not yet in SQL');
    expect(await rowsInSql()).not.toHaveProperty('four');
  });

  test('delivers what was queued when the gateway returns, and reads SQL again', async () => {
    await example.startGateway();
    await sees(rowsInSql).toMatchObject({ four: 'gateway' });
    await sees(page.queued).toBe(0);
    await sees(async () => (await page.state('dm')).phase).toBe('C');
    await sees(page.source).toBe('SQL');
    await sees(async () => (await page.messages())[0]).toBe('four');
  });

  test('delivers what was queued also after the browser was closed in between', async () => {
    await example.stopGateway();
    await page.send('five');
    await sees(page.queued).toBe(2);
    await sees(() => inFirestore('five')).toBe(true);
    await browser.close();
    expect(await rowsInSql()).not.toHaveProperty('five');

    await example.startGateway();
    browser = await launch(chromium ?? '', profile);
    page = await openExample(browser, example.url);
    await sees(rowsInSql).toMatchObject({ five: 'gateway' });
    await sees(page.queued).toBe(0);
    await sees(async () => (await page.messages())[0]).toBe('five');
    await sees(page.source).toBe('SQL');
  });

  test('goes back to phase A when the flag does', async () => {
    await setPhase('A');
    await sees(page.source).toBe('Firestore');
    await sees(async () => (await page.state('dm')).phase).toBe('A');
    expect((await page.messages())[0]).toBe('five');
    const { AYNA_SCREENSHOT } = process.env;
    if (AYNA_SCREENSHOT !== undefined) await page.page.screenshot({ path: AYNA_SCREENSHOT });
  });
});

async function inFirestore(body: string): Promise<boolean> {
  const messages = getFirestore().collection(`conversations/${example.conversationId}/messages`);
  return !(await messages.where('body', '==', body).get()).empty;
}

/** The triggers look at their flags once a second; a document that does not arrive tells that they did. */
async function triggersAreOff(): Promise<void> {
  const { firestore, queue } = example.ends;
  await sees(async () => {
    const { id } = await getFirestore().collection('conversations').add({ ownerId: 'nobody' });
    await firestore.functions.drain();
    await sees(() => queue.waiting()).toBe(0);
    return conversationsInSql().then((ids) => ids.includes(id));
  }).toBe(false);
}

async function conversationsInSql(): Promise<string[]> {
  const ids: string[] = [];
  for await (const { key } of example.ends.store.scan(dmConversation))
    ids.push(key.conversationId ?? '');
  return ids;
}
