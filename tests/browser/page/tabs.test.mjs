// A call that is opened again: its page is loaded anew, or another tab opens it that has a copy of this one's storage.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { connect, handset, startDemo } from './demo-page.mjs';
import { loudness, pictureChanges, SILENCE } from './seen-and-heard.mjs';

describe('a call of the demo page that is opened again', { timeout: 300_000 }, () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  async function alone() {
    const [device, phone] = await Promise.all([demo.openAlone('role=device'), demo.openAlone('role=phone')]);
    await connect(device, phone);
    return { device, phone };
  }

  async function assertTalking(...handsets) {
    for (const { remote } of handsets) {
      assert.ok((await pictureChanges(remote)) > 0);
      assert.ok((await loudness(remote)) > 0.01);
    }
  }

  async function close({ device, phone }) {
    assert.deepEqual([...device.problems, ...phone.problems], []);
    await device.close();
    await phone.close();
  }

  for (const role of ['device', 'phone']) {
    it(`goes on in the newest tab of the ${role}, and here again when that is closed`, async () => {
      const both = await alone();
      const { device, phone } = both;
      const [old, other] = role === 'device' ? [device, phone] : [phone, device];
      await pictureChanges(other.remote);
      const [page] = await Promise.all([
        old.page.context().waitForEvent('page'),
        old.page.evaluate(() => void window.open(location.href)),
      ]);
      const newest = handset(page);
      await newest.state('connected').waitFor();
      assert.equal(await old.ending(), 'The call goes on in another window');
      assert.equal(await old.own.evaluate((video) => video.srcObject), null, 'its devices are let go');
      await assertTalking(newest, other);

      await page.close();
      await old.action('continueHere').click();
      await old.state('connected').waitFor();
      await assertTalking(old, other);
      await other.action('hangUp').click();
      await old.ending();
      await close(both);
    });

    it(`keeps the ${role} muted and its camera off when its page is loaded anew`, async () => {
      const both = await alone();
      const { device, phone } = both;
      const [silent, other] = role === 'device' ? [device, phone] : [phone, device];
      await pictureChanges(other.remote);
      await silent.action('mute').click();
      await silent.action('camera').click();
      await other.frame.locator('.call-page:not(.call-page_pictured)').waitFor();
      await silent.page.reload();
      await silent.state('connected').waitFor();
      for (const action of ['mute', 'camera']) {
        await silent.frame.locator(`[data-action="${action}"][data-off="true"]`).waitFor();
      }
      assert.ok((await pictureChanges(silent.remote)) > 0, 'the other side is still seen');
      assert.ok((await loudness(other.remote)) < SILENCE);
      assert.equal(await other.frame.locator('.call-page_pictured').count(), 0);

      await silent.action('mute').click();
      await silent.action('camera').click();
      await other.frame.locator('.call-page_pictured').waitFor();
      await assertTalking(other);
      await silent.action('hangUp').click();
      await other.ending();
      await close(both);
    });
  }

  it('can no longer be continued here once it is over', async () => {
    const both = await alone();
    const { device, phone } = both;
    const [page] = await Promise.all([
      device.page.context().waitForEvent('page'),
      device.page.evaluate(() => void window.open(location.href)),
    ]);
    await handset(page).state('connected').waitFor();
    await device.action('continueHere').waitFor();
    await phone.action('hangUp').click();
    await device.action('continueHere').waitFor({ state: 'hidden' });
    assert.match(await device.status.innerText(), /another window or on another device/);
    await close(both);
  });
});
