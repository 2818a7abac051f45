// Calls between pages of Firefox that are made of the samples of docs/call.md, as they stand there: sound and picture go on, and
// where Firefox plays nothing without a tap the page says so.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import {
  hasChangedTenTimes,
  isHeard,
  isSeen,
  left,
  startSamplePages,
  watchForRestarts,
} from '../../support/sample-pages.mjs';
import { FIREFOX, startFirefox } from './firefox.mjs';

describe('calls between pages of Firefox', { timeout: 300_000, skip: FIREFOX ? false : 'there is no Firefox' }, () => {
  let pages;
  let firefox;
  before(async () => {
    pages = await startSamplePages();
    firefox = await startFirefox();
  });
  after(async () => {
    await firefox?.stop();
    await pages?.stop();
  });

  const isIn = (page, state) => page.until(`it is ${state}`, (state) => window.current?.().view.state === state, state);

  /** Two pages in a call, whose users have not touched them. */
  async function connected() {
    const [device, phone] = [await firefox.openPage(), await firefox.openPage()];
    await device.goto(`${pages.endpoint}/device.html`);
    await phone.goto(`${pages.endpoint}/phone.html`);
    for (const page of [device, phone]) await page.until('it is ready', () => window.current !== undefined);
    await device.evaluate((request) => window.place(request), pages.request);
    await isIn(phone, 'incoming');
    await phone.evaluate(() => window.current().answer());
    for (const page of [device, phone]) await isIn(page, 'connected');
    return { device, phone };
  }

  /** Firefox plays the other side, or its page says that a tap is wanted. */
  async function tapIfWanted(page, selector = '#tap') {
    await page.until('it plays, or wants a tap', () => !window.other.paused || !window.tap.hidden);
    if (await page.evaluate(() => !window.tap.hidden)) await page.tap(selector);
  }

  async function isSeenAndHeard(page) {
    await page.until('the other side is seen', isSeen);
    await page.until('the other side is heard', isHeard);
    assert.equal(await page.evaluate(() => window.tap.hidden), true);
  }

  async function hangUp(page, other) {
    await page.evaluate(() => window.current().hangUp());
    for (const each of [page, other]) {
      await isIn(each, 'ended');
      assert.deepEqual(await each.evaluate(left), [null, null, true]);
      assert.deepEqual(each.problems, []);
      await each.close();
    }
  }

  it('are seen and heard after a tap that the page asks for, wherever it is, and begin nothing anew', async () => {
    const { device, phone } = await connected();
    await tapIfWanted(device);
    await tapIfWanted(phone, '#close');
    for (const page of [device, phone]) {
      await isSeenAndHeard(page);
      await page.evaluate(watchForRestarts);
    }
    for (const page of [device, phone]) {
      await page.until('its view has changed ten times', hasChangedTenTimes);
      assert.deepEqual(await page.evaluate(() => window.restarts), []);
      await isSeenAndHeard(page);
    }
    await hangUp(device, phone);
  });

  for (const who of ['caller', 'listener']) {
    it(`go on after the page of the ${who} was loaded anew`, async () => {
      const { device, phone } = await connected();
      const [again, other] = who === 'caller' ? [device, phone] : [phone, device];
      for (const page of [again, other]) {
        await tapIfWanted(page);
        await isSeenAndHeard(page);
      }
      await again.reload();
      await isIn(again, 'connected');
      await isSeenAndHeard(other);
      await tapIfWanted(again);
      for (const page of [again, other]) await isSeenAndHeard(page);
      await hangUp(again, other);
    });
  }
});
