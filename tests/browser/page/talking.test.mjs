// A call that was answered: pictures and sound arrive on both handsets, and each can turn its own off.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { FAKE_DEVICES } from '../../support/chromium.mjs';
import { connect, screenshot, startDemo } from './demo-page.mjs';
import { loudness, pictureChanges, SILENCE } from './seen-and-heard.mjs';

/** Polls until it is so. */
async function until(look) {
  const end = performance.now() + 10_000;
  while (!(await look())) {
    assert.ok(performance.now() < end, 'it became so within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Chromium's second fake camera is a depth sensor, of which nothing can be sent. */
const THREE_CAMERAS = [`${FAKE_DEVICES[0]}=device-count=3`, FAKE_DEVICES[1]];

describe('a call that was answered on the demo page', { timeout: 120_000 }, () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  /** Both see and hear the other and see themselves. */
  async function assertTalking(...handsets) {
    for (const { remote, own } of handsets) {
      assert.ok((await pictureChanges(remote)) > 0);
      assert.ok((await pictureChanges(own)) > 0);
      assert.ok((await loudness(remote)) > 0.01);
    }
  }

  for (const [name, from, width, height] of [
    ['from the device to the phone', 'device', 1366, 768],
    ['from the phone to the device', 'phone', 390, 844],
  ]) {
    it(`has pictures and sound both ways, ${name}`, async () => {
      const { page, problems, device, phone, close } = await demo.open({ viewport: { width, height } });
      const [caller, listener] = from === 'device' ? [device, phone] : [phone, device];
      await connect(caller, listener);
      await assertTalking(caller, listener);
      for (const { status } of [caller, listener]) assert.match(await status.innerText(), /^00:\d\d$/);
      await screenshot(page, `talking-${width}x${height}`);
      await caller.action('hangUp').click();
      await listener.ending();
      assert.equal(await listener.remote.evaluate((video) => video.srcObject), null, 'everything is released');
      assert.deepEqual(problems, []);
      await close();
    });
  }

  it('goes on without a sound or a picture of who turns them off', async () => {
    const { problems, device, phone, close } = await demo.open();
    await connect(device, phone);
    await pictureChanges(phone.remote);
    await device.action('mute').click();
    await device.frame.locator('[data-action="mute"][data-off="true"]').waitFor();
    await device.action('camera').click();
    await phone.frame.locator('.call-page:not(.call-page_pictured)').waitFor();
    assert.equal(await phone.note.innerText(), '前门 Video Doorbell’s camera is off');
    assert.equal(await device.note.innerText(), '');
    assert.match(await device.own.getAttribute('class'), /visually-hidden/);
    assert.ok((await loudness(phone.remote)) < SILENCE);
    assert.ok((await pictureChanges(device.remote)) > 0, 'the other side is still seen');

    await device.action('camera').click();
    await device.action('mute').click();
    await phone.frame.locator('.call-page_pictured').waitFor();
    assert.equal(await phone.note.innerText(), '');
    assert.ok((await pictureChanges(phone.remote)) > 0);
    assert.ok((await loudness(phone.remote)) > 0.01);
    await phone.action('hangUp').click();
    assert.deepEqual(problems, []);
    await close();
  });

  it('has no picture where it is a voice call', async () => {
    const { page, problems, device, phone, close } = await demo.open({ viewport: { width: 1366, height: 768 } });
    await phone.fill('roomType', 'voice');
    await connect(phone, device);
    assert.ok((await loudness(device.remote)) > 0.01);
    assert.ok((await loudness(phone.remote)) > 0.01);
    for (const { remote, own, note, action } of [device, phone]) {
      assert.equal(await note.innerText(), '', 'there is no camera to be off');
      assert.equal(await remote.evaluate((video) => video.videoWidth), 0);
      assert.equal(await own.evaluate((video) => video.videoWidth), 0);
      assert.equal(await action('camera').isVisible(), false);
    }
    await screenshot(page, 'voice-1366x768');
    await device.action('hangUp').click();
    assert.equal(await phone.ending(), '前门 Video Doorbell hung up');
    assert.deepEqual(problems, []);
    await close();
  });

  it('starts without the picture of a side whose cameraStatus is 1', async () => {
    const { problems, device, phone, close } = await demo.open();
    await device.fill('caller.cameraStatus', '1');
    await connect(device, phone);
    assert.ok((await pictureChanges(device.remote)) > 0);
    assert.equal(await phone.frame.locator('.call-page_pictured').count(), 0);
    await device.action('hangUp').click();
    await phone.ending();
    assert.deepEqual(problems, []);
    await close();
  });

  for (const who of ['caller', 'listener']) {
    it(`is there again after the page of the ${who} was loaded anew`, async () => {
      const [device, phone] = await Promise.all([demo.openAlone('role=device'), demo.openAlone('role=phone')]);
      await connect(device, phone);
      const [again, other] = who === 'caller' ? [device, phone] : [phone, device];
      await pictureChanges(other.remote);
      await again.page.reload();
      await again.state('connected').waitFor();
      await assertTalking(again, other);
      await again.action('hangUp').click();
      await other.ending();
      // It is over for good.
      await again.page.reload();
      await again.reachable.waitFor();
      assert.equal(await again.callPage.isVisible(), false);
      assert.deepEqual([...device.problems, ...phone.problems], []);
      await device.close();
      await phone.close();
    });
  }

  it('changes its camera where there are several', async (t) => {
    const several = await startDemo({ chromium: THREE_CAMERAS });
    t.after(() => several.stop());
    const { problems, device, phone } = await several.open();
    await connect(device, phone);
    const camera = () => device.own.evaluate((video) => video.srcObject?.getVideoTracks()[0]?.getSettings().deviceId);
    const first = await camera();
    for (const _ of ['the depth sensor', 'the camera behind it']) {
      const before = await camera();
      await device.action('switchCamera').click();
      await until(async () => ![undefined, before].includes(await camera()));
    }
    assert.notEqual(await camera(), first);
    assert.ok((await pictureChanges(phone.remote)) > 0);
    await device.action('hangUp').click();
    await phone.ending();
    assert.deepEqual(problems, []);
  });

  it('has no button to change the only camera', async () => {
    const { device, phone, close } = await demo.open();
    await connect(device, phone);
    await pictureChanges(device.remote);
    assert.equal(await device.action('switchCamera').isVisible(), false);
    await close();
  });
});
