// A browser with fake devices, and the page with both ends of a call in it.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { FAKE_DEVICES, launchChromium, openPage } from '../../support/chromium.mjs';
import { ROOT } from '../../support/paths.mjs';
import { serveFiles } from '../../support/servers.mjs';

const PAGE = '/tests/browser/media/two-ends.html';

/**
 * Gives a function for the tests of one `describe`: it opens the page, evaluates a function in it and gives what that
 * gives. A test fails if anything went wrong in the page, too.
 * @param {string[]} [flags] of Chromium
 * @param {(endpoint: string) => string} [address] of the page, by that of the site
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export function inPage(flags = FAKE_DEVICES, address = (endpoint) => endpoint, options = {}) {
  let site;
  let browser;
  before(async () => {
    site = await serveFiles(ROOT);
    browser = await launchChromium(flags);
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  return async (evaluated, argument) => {
    const { page, problems } = await openPage(browser, options);
    try {
      await page.goto(address(site.endpoint) + PAGE);
      await page.waitForFunction(() => window.isReady);
      const result = await page.evaluate(evaluated, argument);
      assert.deepEqual(problems, []);
      return result;
    } finally {
      await page.context().close();
    }
  };
}
