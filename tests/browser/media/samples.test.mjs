// A call between two pages of Chromium that are made of the samples of docs/call.md, as they stand there: sound and picture go on
// while the views change, and after a page was loaded anew.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { FAKE_DEVICES, launchChromium, openPage } from '../../support/chromium.mjs';
import {
  hasChangedTenTimes,
  isHeard,
  isSeen,
  left,
  startSamplePages,
  watchForRestarts,
} from '../../support/sample-pages.mjs';

describe('the samples of docs/call.md with sound and picture', { timeout: 180_000 }, () => {
  let pages;
  let browser;
  before(async () => {
    pages = await startSamplePages();
    browser = await launchChromium(FAKE_DEVICES);
  });
  after(async () => {
    await browser?.close();
    await pages?.stop();
  });

  const isIn = ({ page }, state) => page.waitForFunction((state) => window.current?.().view.state === state, state);

  async function open(role) {
    const opened = await openPage(browser);
    await opened.page.goto(`${pages.endpoint}/${role}.html`);
    await opened.page.waitForFunction(() => window.current);
    return opened;
  }

  async function isSeenAndHeard({ page }) {
    await page.waitForFunction(isSeen);
    await page.waitForFunction(isHeard);
  }

  it('begin nothing anew in ten changes of the view, and go on after a page was loaded anew', async () => {
    const [device, phone] = [await open('device'), await open('phone')];
    await device.page.evaluate((request) => window.place(request), pages.request);
    await isIn(phone, 'incoming');
    await phone.page.evaluate(() => window.current().answer());
    for (const end of [device, phone]) {
      await isIn(end, 'connected');
      await isSeenAndHeard(end);
      await end.page.evaluate(watchForRestarts);
    }
    for (const end of [device, phone]) {
      await end.page.waitForFunction(hasChangedTenTimes, undefined, { timeout: 30_000 });
      assert.deepEqual(await end.page.evaluate(() => window.restarts), []);
    }
    for (const again of [device, phone]) {
      await again.page.reload();
      await isIn(again, 'connected');
      for (const end of [device, phone]) await isSeenAndHeard(end);
    }
    await phone.page.evaluate(() => window.current().hangUp());
    for (const end of [device, phone]) {
      await isIn(end, 'ended');
      assert.deepEqual(await end.page.evaluate(left), [null, null, true]);
      assert.deepEqual(end.problems, []);
    }
  });
});
