// Both handsets call at the same moment: they meet in one call and talk, and nobody answers.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { startDemo } from './demo-page.mjs';
import { loudness, pictureChanges } from './seen-and-heard.mjs';

describe('two handsets that call each other', { timeout: 180_000 }, () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  /** Presses both buttons in one task. */
  const callAtOnce = (page, order) =>
    page.evaluate((ids) => {
      for (const id of ids) document.getElementById(id).contentDocument.getElementById('call').click();
    }, order);

  async function assertTalking(...handsets) {
    for (const { remote, state } of handsets) {
      await state('connected').waitFor();
      assert.ok((await pictureChanges(remote)) > 0);
      assert.ok((await loudness(remote)) > 0.01);
    }
  }

  for (const order of [
    ['device', 'phone'],
    ['phone', 'device'],
  ]) {
    it(`meet in one call, the ${order[0]} first, and go on after a reload`, async () => {
      const { page, problems, device, phone, diagram, close } = await demo.open();
      await callAtOnce(page, order);
      await assertTalking(device, phone);
      const results = [await device.resultObject(), await phone.resultObject()];
      assert.equal(results[0].roomId, results[1].roomId);
      assert.equal(results[0].chargeType, results[1].chargeType);
      for (const { note } of [device, phone]) assert.equal(await note.innerText(), '', 'no other call waits');
      assert.equal(await diagram.rows({ name: 'startVoip' }).count(), 2);
      assert.equal(await diagram.rows({ name: 'hangOnVoip' }).count(), 1);

      for (const id of ['device', 'phone']) {
        await page.evaluate((name) => document.getElementById(name).contentWindow.location.reload(), id);
        // Its view is shown anew, and then the picture.
        await diagram.rows({ who: id, what: 'opened' }).nth(1).waitFor({ state: 'attached' });
        await assertTalking(device, phone);
      }
      await device.action('hangUp').click();
      await phone.ending();
      assert.deepEqual(problems, []);
      await close();
    });
  }

  it('meet on two machines', async () => {
    const [device, phone] = await Promise.all([demo.openAlone('role=device'), demo.openAlone('role=phone')]);
    const press = ({ page }) => page.evaluate(() => document.getElementById('call').click());
    await Promise.all([press(device), press(phone)]);
    // Where the machines were a second apart, the call of the first rings, and is answered by hand.
    await assertTalking(device, phone);
    await phone.action('hangUp').click();
    await device.ending();
    assert.deepEqual([...device.problems, ...phone.problems], []);
    await Promise.all([device.close(), phone.close()]);
  });
});
