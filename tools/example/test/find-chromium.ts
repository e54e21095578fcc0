import { existsSync } from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** An installed Chromium: `CHROMIUM_PATH`, or one in a well-known place; nothing is downloaded. */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH } = process.env;
  if (CHROMIUM_PATH !== undefined && CHROMIUM_PATH !== '') return CHROMIUM_PATH;
  const found = PLACES.find((place) => existsSync(place));
  if (found === undefined) {
    console.warn(
      '\n*** SKIPPED: no Chromium was found, so the example app was not tested in a browser. ***\n' +
        '*** Install one (Debian: apt-get install chromium) or set CHROMIUM_PATH. ***\n',
    );
  }
  return found;
}
