// The same file of `tests/browser/in-host` run in this process and in Chromium.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createContext, runInContext } from 'node:vm';

import { launchChromium, openPage } from './chromium.mjs';
import { freshModule } from './module.mjs';
import { PKG, ROOT } from './paths.mjs';
import { serveFiles } from './servers.mjs';

/**
 * @typedef {object} Host
 * @property {(file: string, todo: object) => Promise<any>} run what the file's `run` gives
 * @property {() => Promise<void>} stop
 */

/** @returns {Promise<Host>} */
async function startNode() {
  const realm = createContext();
  const path = join(PKG, 'wmpf_voip_bg.wasm');
  const host = {
    load: async () => freshModule(),
    // One realm, with what a context of Node does not have and a page does.
    realm: (expression) => runInContext(expression, realm),
    wasm: async () => new Uint8Array(await readFile(path)),
    place: pathToFileURL(path).href,
  };
  return {
    run: async (file, todo) => (await import(`../browser/in-host/${file}`)).run(host, todo),
    stop: async () => {},
  };
}

/** A page has one module per address: below `/fresh/…/` the package is there as often as it is wanted. */
const place = (path) => path.replace(/^\/fresh\/\d+\//, '/pkg/');

/** @returns {Promise<Host>} */
async function startBrowser() {
  const site = await serveFiles(ROOT, place);
  const browser = await launchChromium();
  const stop = async () => {
    await browser.close();
    await site.stop();
  };
  try {
    const { page, problems } = await openPage(browser);
    await page.goto(`${site.endpoint}/tests/browser/in-host/index.html`);
    await page.waitForFunction(() => typeof window.run === 'function');
    return {
      run: async (file, todo) => {
        const report = await page.evaluate(([file, todo]) => window.run(file, todo), [file, todo]);
        assert.deepEqual(problems, []);
        return report;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @type {Array<[name: string, start: () => Promise<Host>]>} */
export const HOSTS = [
  ['Node', startNode],
  ['Chromium', startBrowser],
];
