// The packed package on development servers, which bundle dependencies beforehand and move them elsewhere.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import * as vite8 from 'vite';
import * as vite7 from 'vite-7';

import { launchChromium, openPage } from '../../support/chromium.mjs';
import { readGuides, save } from '../../support/guides.mjs';
import { startService } from '../../support/service.mjs';
import { assertScenario } from '../../package/loading/expected.mjs';
import { startHosts } from '../../package/loading/hosts.mjs';
import { createApp, runPage } from './app.mjs';

const SERVERS = { 'Vite 8': vite8, 'Vite 7': vite7 };

describe('without a setting, the packed package is served by', { timeout: 120_000 }, () => {
  let hosts;
  let browser;
  before(async () => {
    hosts = await startHosts();
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await hosts?.stop();
  });

  for (const [name, { createServer }] of Object.entries(SERVERS)) {
    it(name, async () => {
      const app = await createApp();
      const logLevel = 'warn';
      const server = await createServer({ root: app.path, logLevel, server: { host: '127.0.0.1', port: 0 } });
      try {
        await server.listen();
        const url = `http://127.0.0.1:${server.httpServer.address().port}/`;
        const { report, problems } = await runPage(browser, url, hosts.addresses);
        // The server's own client is a script of the page, too.
        const called = report.afterImport.called.filter((name) => name !== 'setTimeout');
        assertScenario({ ...report, afterImport: { ...report.afterImport, called } }, hosts.addresses);
        assert.deepEqual(problems, []);
      } finally {
        await server.close();
        await app.remove();
      }
    });
  }
});

describe("the guide's page gets its token from the demo through", { timeout: 120_000 }, () => {
  for (const [name, { createServer }] of Object.entries(SERVERS)) {
    it(name, async (t) => {
      const service = await startService();
      t.after(() => service.stop());
      const browser = await launchChromium();
      t.after(() => browser.close());
      const app = await createApp();
      t.after(() => app.remove());
      const { files } = await readGuides(service.endpoint);
      const script = files.get('call-button.mjs').replace("'./node_modules/wmpf-voip/browser.js'", "'wmpf-voip'");
      const config = 'vite.config.mjs';
      await save(app.path, [
        ['index.html', files.get('index.html')],
        ['call-button.mjs', script],
        [config, files.get(config)],
      ]);

      const inline = { root: app.path, logLevel: 'warn', server: { host: '127.0.0.1', port: 0 } };
      const server = await createServer({ ...inline, configFile: join(app.path, config) });
      t.after(() => server.close());
      await server.listen();
      const opened = await openPage(browser);
      await opened.page.goto(`http://127.0.0.1:${server.httpServer.address().port}/`);
      await opened.page.waitForFunction(() => document.querySelector('button')?.onclick);
      await opened.page.click('button');
      await opened.page.getByText('It rings').waitFor();
      assert.deepEqual(opened.problems, []);
    });
  }
});
