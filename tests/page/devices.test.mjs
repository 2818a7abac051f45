// Handsets without a camera and a microphone: refused, not there, or not for this page.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { FAKE_DEVICES } from '../support/chromium.mjs';
import { connect, screenshot, startDemo } from './demo-page.mjs';
import { loudness, pictureChanges } from './seen-and-heard.mjs';

const [FAKE, ALLOWED] = FAKE_DEVICES;
const NO_DEVICES = [`${FAKE}=device-count=0`, ALLOWED];
/** A name of this machine that is none of those that browsers trust. */
const ELSEWHERE = 'handset.test';

const pressed = (button) =>
  button.evaluate(async (node) => {
    while (node.getAttribute('aria-pressed') !== 'true') await new Promise(requestAnimationFrame);
  });

describe('a handset without camera and microphone', { timeout: 120_000 }, () => {
  async function start(t, chromium) {
    const demo = await startDemo({ chromium });
    t.after(() => demo.stop());
    return demo;
  }

  for (const [who, from] of [
    ['calls', 'device'],
    ['is called', 'phone'],
  ]) {
    it(`says what to do where they are refused to who ${who}`, async (t) => {
      const demo = await start(t, [FAKE]);
      const device = await demo.openAlone('role=device', { viewport: { width: 390, height: 844 } });
      // Only this one may use the fake devices.
      const phone = await demo.openAlone('role=phone', { permissions: ['camera', 'microphone'] });
      const [caller, listener] = from === 'device' ? [device, phone] : [phone, device];
      await caller.call.click();
      if (listener === device) await listener.action('answer').click();
      assert.equal(await device.ending(), 'The browser was not allowed to use the camera or microphone');
      assert.match(await device.note.innerText(), /Allow both beside the address of this page/);
      assert.match(await phone.ending(), /is gone: .* no camera or microphone/);
      if (listener === device) await screenshot(device.page, 'refused-390x844');
      assert.deepEqual([...device.problems, ...phone.problems], []);
    });
  }

  it('goes on without the camera where only that is refused, and says so', async (t) => {
    const demo = await start(t, [FAKE]);
    const device = await demo.openAlone('role=device', { permissions: ['microphone'] });
    const phone = await demo.openAlone('role=phone', { permissions: ['camera', 'microphone'] });
    await device.fill('caller.cameraStatus', '1');
    await connect(device, phone);
    await device.action('camera').click();
    await device.note.and(device.page.getByText('The camera could not be used')).waitFor();
    assert.ok((await pictureChanges(device.remote)) > 0);
    assert.ok((await loudness(phone.remote)) > 0.01);
    assert.deepEqual([...device.problems, ...phone.problems], []);
  });

  it('talks by its test picture where there are none', async (t) => {
    const demo = await start(t, NO_DEVICES);
    const { page, problems, device, phone } = await demo.open({ viewport: { width: 1280, height: 1000 } });
    await device.call.click();
    assert.equal(await device.ending(), 'No camera or microphone can be used here');
    await phone.ending();
    await phone.action('close').click();
    await device.action('testPicture').click();
    // The handsets of one browser agree on it.
    for (const { testPicture } of [device, phone]) {
      await pressed(testPicture);
    }

    await page.locator('#diagram-clear').click();
    await connect(device, phone);
    for (const { remote, own } of [device, phone]) {
      assert.ok((await pictureChanges(remote)) > 0);
      assert.ok((await pictureChanges(own)) > 0);
      assert.ok((await loudness(remote)) > 0.01);
    }
    await screenshot(page, 'demo');
    await phone.action('hangUp').click();
    await device.ending();
    assert.deepEqual(problems, []);
  });

  it('says so where it came over plain http from elsewhere, and rings all the same', async (t) => {
    const demo = await start(t, [...FAKE_DEVICES, `--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`]);
    const origin = demo.service.endpoint.replace('127.0.0.1', ELSEWHERE);
    const device = await demo.openAlone('role=device');
    const phone = await demo.openAlone('role=phone', { origin, viewport: { width: 390, height: 844 } });
    assert.equal(await phone.insecure.isVisible(), true);
    assert.match(await phone.insecure.innerText(), /No camera and no microphone here/);
    await screenshot(phone.page, 'insecure-390x844');
    await device.call.click();
    await phone.incoming.waitFor();
    await phone.action('answer').click();
    assert.equal(await phone.ending(), 'This page may not use camera and microphone');
    await device.ending();
    await device.action('close').click();

    await phone.action('testPicture').click();
    await connect(device, phone);
    assert.ok((await pictureChanges(device.remote)) > 0);
    assert.ok((await pictureChanges(phone.remote)) > 0);
    assert.deepEqual([...device.problems, ...phone.problems], []);
  });
});
