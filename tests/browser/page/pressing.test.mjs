// Who presses twice, or holds a key, does not end the call that was just answered or placed: by Enter, by the space bar
// and by double clicks. And who has only a keyboard reaches every button.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { startDemo } from './demo-page.mjs';

/** Longer than a button takes no press after it has come. */
const SETTLED_MS = 700;

describe('a second press', { timeout: 240_000 }, () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  /** Two handsets in windows of their own, as with two people. */
  async function open(t) {
    const [device, phone] = await Promise.all([demo.openAlone('role=device'), demo.openAlone('role=phone')]);
    t.after(async () => {
      assert.deepEqual([...device.problems, ...phone.problems], []);
      await device.close();
      await phone.close();
    });
    return { device, phone };
  }

  /** Moves the focus with Tab until it is on this button, as its user would. */
  async function tabTo({ page, action }, name) {
    for (let presses = 0; presses < 12; presses += 1) {
      await page.keyboard.press('Tab');
      if (await action(name).evaluate((button) => button === document.activeElement)) return;
    }
    assert.fail(`Tab does not lead to ${name}`);
  }

  const focused = ({ page }) => page.evaluate(() => document.activeElement.dataset.action ?? document.activeElement.id);

  async function assertConnected(handsets) {
    for (const { page, state } of handsets) {
      await state('connected').waitFor();
      await page.waitForTimeout(SETTLED_MS);
      assert.equal(await state('connected').count(), 1, 'it goes on');
    }
  }

  for (const key of ['Enter', 'Space']) {
    it(`of ${key} after Answer does not hang up, and Tab leads to what does`, async (t) => {
      const { device, phone } = await open(t);
      await device.call.click();
      await phone.incoming.waitFor();
      await phone.page.waitForTimeout(SETTLED_MS);
      assert.equal(await focused(phone), 'call-page', 'a key that is pressed as the call comes does nothing');
      await tabTo(phone, 'answer');
      await phone.page.keyboard.press(key);
      await phone.page.keyboard.press(key);
      await phone.state('connected').waitFor();
      await phone.page.waitForTimeout(SETTLED_MS);
      await phone.page.keyboard.press(key);
      assert.equal(await focused(phone), 'call-page');
      await assertConnected([device, phone]);
      assert.equal(await phone.action('mute').getAttribute('data-off'), 'false');
      assert.equal(await phone.action('camera').getAttribute('data-off'), 'false');

      await tabTo(phone, 'hangUp');
      await phone.page.keyboard.press(key);
      assert.equal(await device.ending(), 'Alice hung up');
      await phone.state('ended').waitFor();
      assert.equal(await focused(phone), 'call-page');
    });

    it(`of ${key} after Call does not cancel it`, async (t) => {
      const { device, phone } = await open(t);
      await device.call.focus();
      await device.page.keyboard.press(key);
      await device.state('outgoing').waitFor();
      await device.page.keyboard.press(key);
      await device.page.waitForTimeout(SETTLED_MS);
      await device.page.keyboard.press(key);
      await phone.incoming.waitFor();
      assert.equal(await device.state('outgoing').count(), 1);
      await tabTo(device, 'hangUp');
      await device.page.keyboard.press(key);
      assert.equal(await phone.ending(), '前门 Video Doorbell cancelled the call');
    });

    it(`which is ${key} held down, does nothing`, async (t) => {
      const { device, phone } = await open(t);
      await device.call.click();
      await phone.incoming.waitFor();
      await phone.page.waitForTimeout(SETTLED_MS);
      await tabTo(phone, 'answer');
      // A press of a key that is down already is what the keyboard repeats.
      for (let times = 0; times < 20; times += 1) {
        await phone.page.keyboard.down(key);
        await phone.page.waitForTimeout(50);
      }
      await phone.page.keyboard.up(key);
      await assertConnected([device, phone]);

      await tabTo(phone, 'hangUp');
      for (let times = 0; times < 20; times += 1) {
        await phone.page.keyboard.down(key);
        await phone.page.waitForTimeout(50);
      }
      await phone.page.keyboard.up(key);
      await device.ending();
      assert.equal(await phone.ending(), 'You hung up', 'it stays to be read');
    });
  }

  it('of a double click on Answer does not hang up, and changes nothing else', async (t) => {
    const { device, phone } = await open(t);
    for (const delay of [0, 60, 200, 400]) {
      await device.call.click();
      await phone.incoming.waitFor();
      await phone.page.waitForTimeout(SETTLED_MS);
      const { x, y, width, height } = await phone.action('answer').boundingBox();
      for (const across of [0.5, 0.1, 0.9]) {
        await phone.page.mouse.click(x + width * across, y + height / 2);
        await phone.page.waitForTimeout(delay / 3);
      }
      await assertConnected([device, phone]);
      assert.equal(await phone.action('mute').getAttribute('data-off'), 'false', `after ${delay} ms`);
      assert.equal(await phone.action('camera').getAttribute('data-off'), 'false', `after ${delay} ms`);
      await phone.action('hangUp').click();
      await device.ending();
      for (const { action } of [device, phone]) await action('close').click();
    }
  });

  it('of a double click on Call does not cancel it, on Hang up does not leave, on Back does not call', async (t) => {
    const { device, phone } = await open(t);
    const { x, y, width, height } = await device.call.boundingBox();
    for (const across of [0.1, 0.5, 0.9]) {
      await device.page.mouse.dblclick(x + width * across, y + height / 2, { delay: 40 });
      await device.state('outgoing').waitFor();
      await device.page.mouse.click(x + width * across, y + height / 2);
      await phone.incoming.waitFor();
      await device.page.waitForTimeout(SETTLED_MS);
      assert.equal(await device.state('outgoing').count(), 1);

      await device.action('hangUp').dblclick();
      await device.page.waitForTimeout(SETTLED_MS);
      assert.equal(await device.ending(), 'You cancelled the call');
      const back = await device.action('close').boundingBox();
      await device.page.mouse.dblclick(back.x + back.width / 2, back.y + back.height / 2);
      await device.callPage.waitFor({ state: 'hidden' });
      await device.page.waitForTimeout(SETTLED_MS);
      assert.equal(await device.callPage.isHidden(), true, 'no other call was placed');
      await phone.action('close').click();
    }
  });

  it('of a key in a field does not answer or decline the call that comes meanwhile', async (t) => {
    const { device, phone } = await open(t);
    await phone.field('caller.name').focus();
    await device.call.click();
    await phone.incoming.waitFor();
    for (let times = 0; times < 10; times += 1) {
      await phone.page.keyboard.press(times % 2 ? 'Enter' : 'Space');
      await phone.page.waitForTimeout(100);
    }
    assert.equal(await phone.incoming.count(), 1);
    await phone.action('hangUp').click();
    await device.ending();
  });

  it('leaves the focus where it is while its button is there', async (t) => {
    const { device, phone } = await open(t);
    await device.call.click();
    await phone.incoming.waitFor();
    await tabTo(device, 'mute');
    await phone.action('answer').click();
    await device.state('connected').waitFor();
    assert.equal(await focused(device), 'mute');
    await phone.action('hangUp').click();
    await device.ending();
  });
});
