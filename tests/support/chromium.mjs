// A headless Chromium with a fresh profile. A page collects what went wrong in it, promises that nobody
// handled included.

import { chromium } from 'playwright-core';

import { CHROMIUM } from './paths.mjs';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How long a page may take to show what a test waits for. */
const WAIT_MS = 20_000;

/** A camera that shows a moving picture and a microphone that beeps. Pages may use them. */
export const FAKE_DEVICES = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/**
 * @param {string[]} [more] arguments of Chromium
 * @returns {Promise<import('playwright-core').Browser>}
 */
export function launchChromium(more = []) {
  if (!CHROMIUM) throw new Error('no Chromium in PATH: install it, or set WMPF_VOIP_CHROMIUM');
  // Scrollbars take room, as on most computers.
  const ignoreDefaultArgs = ['--hide-scrollbars'];
  return chromium.launch({ executablePath: CHROMIUM, args: [...ARGUMENTS, ...more], ignoreDefaultArgs });
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {import('playwright-core').BrowserContextOptions} [options]
 * @returns {Promise<{ page: import('playwright-core').Page, problems: string[] }>}
 */
export async function openPage(browser, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(`page error: ${error.stack ?? error}`));
  page.on('console', (message) => {
    // The browser itself logs each request that failed or was answered with an error status; many tests
    // make such requests on purpose.
    const isOwn = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isOwn) problems.push(`console: ${message.text()}`);
  });
  return { page, problems };
}
