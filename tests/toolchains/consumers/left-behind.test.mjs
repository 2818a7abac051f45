// A bundler that resolves like one that ships the wasm as a file, and leaves it behind: Rollup for browsers in
// production. The error says what to do, and each of it helps.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { launchChromium } from '../../support/chromium.mjs';
import { serve, serveFiles } from '../../support/servers.mjs';
import { assertScenario } from '../../package/loading/expected.mjs';
import { startHosts } from '../../package/loading/hosts.mjs';
import { createApp, runPage, runSite } from './app.mjs';

const WASM = 'wmpf_voip_bg.wasm';
const REMEDY =
  `have wmpf-voip/${WASM} copied there, tell init where it is, ` +
  "or import 'wmpf-voip/inline', which has it inside; a Cloudflare Worker has to be bundled with the export condition " +
  `'workerd', or to import wmpf-voip/${WASM} and pass it to init`;

describe('a wasm that a bundler has left behind', { timeout: 180_000 }, () => {
  let hosts;
  let app;
  let browser;
  before(async () => {
    hosts = await startHosts();
    app = await createApp();
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await app?.remove();
    await hosts?.stop();
  });

  /** Gives the directory of the page. */
  async function build(script, out) {
    await app.tool('rollup', [script, '-p', 'node-resolve={browser:true}', '-f', 'es', '-d', out]);
    await app.page(`${out}/${script}`);
    return join(app.path, out);
  }

  /** What the call is told; what needs no wasm works as ever. */
  function assertTold({ report, problems }, reason) {
    const { rejected, resolved } = report.success;
    assert.equal(resolved, undefined);
    const errMsg = `initByCaller:fail ${reason}: ${REMEDY}`;
    assert.deepEqual([rejected.errCode, rejected.errMsg, rejected.isPluginError], [1011, errMsg, true]);
    assert.deepEqual(problems, []);
  }

  it('is missed by the call, which says what to do', async () => {
    const site = await serveFiles(await build('page.js', 'left'));
    try {
      const ran = await runPage(browser, `${site.endpoint}/`, hosts.addresses);
      assertTold(ran, `${site.endpoint}/${WASM} could not be loaded (HTTP status 404)`);
    } finally {
      await site.stop();
    }
  });

  it('is missed, too, where a server gives its first page for what is not there', async () => {
    const directory = await build('page.js', 'answered');
    const site = await serve(async ({ url }, response) => {
      const isThere = ['/before.js', '/page.js'].includes(url);
      response.setHeader('content-type', isThere ? 'text/javascript' : 'text/html');
      response.end(await readFile(join(directory, isThere ? url : 'index.html')));
    });
    try {
      const ran = await runPage(browser, `${site.endpoint}/`, hosts.addresses);
      const [, reason] = ran.report.success.rejected.errMsg.match(/could not be loaded \((.*)\): /);
      assert.match(reason, /magic word/);
      assertTold(ran, `${site.endpoint}/${WASM} could not be loaded (${reason})`);
    } finally {
      await site.stop();
    }
  });

  it('is found when it is copied', async () => {
    const directory = await build('page.js', 'copied');
    await copyFile(join(app.installed, WASM), join(directory, WASM));
    const { report, wasm } = await runSite(browser, directory, hosts.addresses);
    assertScenario(report, hosts.addresses);
    assert.deepEqual(wasm, [`/${WASM}`]);
  });

  it('is found where init is told that it is', async () => {
    const directory = await build('page.js', 'told');
    await copyFile(join(app.installed, WASM), join(directory, 'elsewhere.wasm'));
    const { report, wasm } = await runSite(browser, directory, hosts.addresses, '/elsewhere.wasm');
    assertScenario({ ...report, afterImport: { called: [], added: [] } }, hosts.addresses);
    assert.deepEqual(wasm, ['/elsewhere.wasm']);
  });

  it('is not needed by the entry that has it inside', async () => {
    const { report, wasm } = await runSite(browser, await build('inline.js', 'inline'), hosts.addresses);
    assertScenario(report, hosts.addresses);
    assert.deepEqual(wasm, []);
  });
});
