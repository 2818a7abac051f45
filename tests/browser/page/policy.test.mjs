// What the service allows its pages to load and do is enough for the demo, and is what browsers keep to.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { connect, startDemo } from './demo-page.mjs';

describe('the policy of the pages', { timeout: 120_000 }, () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  /** The page, with what the browser has refused to it and to its handsets. */
  async function opened() {
    const refused = [];
    const init = () =>
      addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
        console.debug(`refused ${effectiveDirective} ${blockedURI}`),
      );
    const open = await demo.open({ init });
    open.page.on('console', (message) => {
      if (message.text().startsWith('refused ')) refused.push(message.text());
    });
    return { ...open, refused };
  }

  it('lets the demo call with sound and picture', async () => {
    const { page, device, phone, problems, refused, close } = await opened();
    const response = await page.request.get(page.url());
    assert.match(
      response.headers()['content-security-policy'],
      /^default-src 'self'; script-src 'self' 'wasm-unsafe-eval'/,
    );
    await connect(device, phone);
    for (const { remote } of [device, phone]) {
      await remote.evaluate((video) => new Promise((resolve) => video.requestVideoFrameCallback(resolve)), undefined);
    }
    await phone.action('hangUp').click();
    await device.ending();
    await close();
    assert.deepEqual([refused, problems], [[], []]);
  });

  it('lets no script in that stands in a page, or comes from elsewhere', async () => {
    const { page, refused, close } = await opened();
    await page.evaluate(() => {
      document.body.append(Object.assign(document.createElement('script'), { text: 'window.isRun = true' }));
      document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.isRun = true" />');
      document.body.append(Object.assign(document.createElement('script'), { src: 'https://127.0.0.1:9/script.js' }));
    });
    const directives = () => [...new Set(refused.map((text) => text.split(' ')[1]))].sort();
    while (refused.length < 3) await page.waitForEvent('console');
    assert.deepEqual(directives(), ['script-src-attr', 'script-src-elem']);
    assert.equal(await page.evaluate(() => window.isRun), undefined);
    await close();
  });
});
