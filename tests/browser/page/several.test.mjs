// More than one call and more than one life of the service.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { connect, startDemo } from './demo-page.mjs';
import { loudness, pictureChanges } from './seen-and-heard.mjs';

/** The handsets try again every few seconds. */
const BACK_MS = 20_000;

describe('the demo page', { timeout: 120_000 }, () => {
  async function start(t) {
    const demo = await startDemo();
    t.after(() => demo.stop());
    return demo;
  }

  it('has two calls between four parties at once, and none hears of the other', async (t) => {
    const demo = await start(t);
    const { device, phone, problems, diagram } = await demo.open();
    const device2 = await demo.openAlone('role=device&pair=2');
    const phone2 = await demo.openAlone('role=phone&pair=2');
    await connect(device, phone);
    await connect(phone2, device2);
    for (const [handset, name] of [
      [device, 'Alice'],
      [phone, '前门 Video Doorbell'],
      [device2, 'Bob'],
      [phone2, '后门 Video Doorbell'],
    ]) {
      assert.equal(await handset.callerName.innerText(), name);
      assert.ok((await pictureChanges(handset.remote)) > 0);
      assert.ok((await loudness(handset.remote)) > 0.01);
    }
    await device2.action('hangUp').click();
    assert.equal(await phone2.ending(), '后门 Video Doorbell hung up');
    assert.ok((await pictureChanges(phone.remote)) > 0, 'the other call goes on');
    assert.equal(await device.state('connected').count(), 1);
    assert.equal(await diagram.rows({ name: 'hangUpVoip' }).count(), 0);
    await phone.action('hangUp').click();
    await device.ending();
    assert.deepEqual([...problems, ...device2.problems, ...phone2.problems], []);
  });

  it('goes on talking while the service dies and comes back', async (t) => {
    const demo = await start(t);
    const { page, device, phone, diagram } = await demo.open();
    await connect(device, phone);
    await pictureChanges(phone.remote);
    await demo.service.kill();
    const told = 'The room service cannot be reached';
    for (const { frame } of [device, phone]) await frame.getByText(told).waitFor();
    assert.ok((await pictureChanges(phone.remote)) > 0, 'pictures need no service');
    assert.ok((await pictureChanges(device.remote)) > 0);

    await demo.service.restart();
    for (const { frame } of [device, phone]) {
      await frame.getByText(told).waitFor({ state: 'hidden', timeout: BACK_MS });
    }
    assert.equal(await device.state('connected').count(), 1);
    assert.ok((await pictureChanges(device.remote)) > 0);
    assert.ok((await loudness(device.remote)) > 0.01);
    await device.action('hangUp').click();
    assert.equal(await phone.ending(), '前门 Video Doorbell hung up');
    // The service told each event once, over both of its lives.
    for (const who of ['device', 'phone']) {
      await diagram.rows({ who, name: 'finishVoip' }).waitFor({ state: 'attached' });
    }
    for (const who of ['device', 'phone']) {
      for (const name of ['startVoip', 'hangUpVoip', 'endVoip', 'finishVoip']) {
        assert.equal(await diagram.rows({ who, name }).count(), 1, `${name} at the ${who}`);
      }
    }
    assert.equal(await page.locator('#notice').isVisible(), false);
  });
});
