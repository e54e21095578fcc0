import { chromium, type BrowserContext, type Page } from 'playwright-core';

/** Of the page, so that a test needs to wait for seconds and not for minutes. */
const QUICK = {
  intervals: { pollMs: 200, verifyMs: 200, compareMs: 200 },
  // How fast a loaded machine answers is not what these tests are about.
  limits: {
    maxP95Ms: 60_000,
    recoverP95Ms: 60_000,
    holdMs: 200,
    recoverReads: 2,
    driftGraceMs: 3_000,
  },
};

/** Starts a browser with an empty profile in a directory, which outlives it. */
export function launch(executablePath: string, profile: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: { width: 960, height: 900 },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** The example app in a browser, as its user sees it. */
export interface ExamplePage {
  readonly page: Page;
  readonly send: (body: string) => Promise<void>;
  readonly follow: (target: string) => Promise<void>;
  readonly messages: () => Promise<string[]>;
  readonly following: () => Promise<string[]>;
  /** Where the messages were read: `SQL`, `Firestore`, ... */
  readonly source: () => Promise<string>;
  readonly followSource: () => Promise<string>;
  /** The cells of a feature: flag, phase, double write, P95, compared, drift. */
  readonly state: (feature: 'dm' | 'follow') => Promise<{
    readonly flag: string;
    readonly phase: string;
    readonly compared: number;
    readonly drift: string;
  }>;
  readonly queued: () => Promise<number>;
  readonly issues: () => Promise<string[]>;
}

export async function openExample(browser: BrowserContext, url: string): Promise<ExamplePage> {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error('page:', error));
  const query = new URLSearchParams({
    user: 'ada',
    intervals: JSON.stringify(QUICK.intervals),
    limits: JSON.stringify(QUICK.limits),
  });
  await page.goto(`${url}?${query.toString()}`);
  await page.waitForSelector('body[data-ready]', { timeout: 60_000 });
  const text = (id: string) => page.locator(`#${id}`).innerText();
  /** The text of each entry, without what is said beside it. */
  const entries = (id: string) =>
    page
      .locator(`#${id} li`)
      .evaluateAll((items) => items.map((item) => item.firstChild?.textContent ?? ''));
  const submit = async (input: string, value: string) => {
    await page.fill(`#${input}`, value);
    await page.press(`#${input}`, 'Enter');
  };
  return {
    page,
    send: (body) => submit('body', body),
    follow: (target) => submit('target', target),
    messages: () => entries('messages'),
    following: () => entries('following'),
    source: () => text('message-source'),
    followSource: () => text('follow-source'),
    state: async (feature) => {
      const [, flag = '', phase = '', , , compared = '', drift = ''] = await page
        .locator(`#${feature}-state td`)
        .allInnerTexts();
      return { flag, phase, compared: Number(compared), drift };
    },
    queued: async () => Number(await text('queued')),
    issues: () => page.locator('#issues li').allInnerTexts(),
  };
}
