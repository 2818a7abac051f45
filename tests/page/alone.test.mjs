// A handset that is a page of its own, as on a machine of its own: with and without a camera.

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

describe('a handset alone', { timeout: 120_000 }, () => {
  async function start(t, chromium) {
    const demo = await startDemo({ chromium });
    t.after(() => demo.stop());
    return demo;
  }

  async function openBoth(demo, options) {
    const device = await demo.openAlone('role=device', { viewport: { width: 390, height: 844 }, ...options });
    const phone = await demo.openAlone('role=phone', { viewport: { width: 1366, height: 768 }, ...options });
    return { device, phone };
  }

  it('is linked from the page, and calls another one alone', async (t) => {
    const demo = await start(t);
    const { page, close } = await demo.open();
    const links = await page.locator('a[href*="role="]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    assert.ok(links.includes('handset.html?role=device') && links.includes('handset.html?role=phone'));
    assert.match(await page.locator('.machines').innerText(), /https or from localhost[^]+ssh -L \d+:/);
    await close();

    const { device, phone } = await openBoth(demo);
    assert.equal(await device.frame.getByTestId('insecure').isVisible(), false);
    await connect(device, phone);
    for (const { remote } of [device, phone]) {
      assert.ok((await pictureChanges(remote)) > 0);
      assert.ok((await loudness(remote)) > 0.01);
    }
    await screenshot(device.page, 'alone-390x844');
    await screenshot(phone.page, 'alone-1366x768');
    await device.action('hangUp').click();
    assert.equal(await phone.ending(), '前门 Video Doorbell hung up');
    assert.deepEqual([...device.problems, ...phone.problems], []);
  });

  it('says what to do where camera and microphone are refused', async (t) => {
    const demo = await start(t, [FAKE]);
    const { device, phone } = await openBoth(demo);
    await device.call.click();
    assert.equal(await device.ending(), 'The browser was not allowed to use the camera or microphone');
    assert.match(await device.note.innerText(), /Allow both beside the address of this page/);
    await screenshot(device.page, 'refused-390x844');
    assert.match(await phone.ending(), /is gone: .* no camera or microphone/);
    assert.deepEqual([...device.problems, ...phone.problems], []);
  });

  it('talks by its test picture where there is no camera', async (t) => {
    const demo = await start(t, NO_DEVICES);
    const { device, phone } = await openBoth(demo);
    await device.call.click();
    assert.equal(await device.ending(), 'No camera or microphone can be used here');
    await device.action('testPicture').click();
    assert.equal(await device.testPicture.getAttribute('aria-pressed'), 'true');
    await phone.ending();
    await phone.action('close').click();
    await phone.testPicture.click();

    await connect(device, phone);
    for (const { remote, own } of [device, phone]) {
      assert.ok((await pictureChanges(remote)) > 0);
      assert.ok((await pictureChanges(own)) > 0);
      assert.ok((await loudness(remote)) > 0.01);
    }
    await screenshot(phone.page, 'test-picture-1366x768');
    await phone.action('hangUp').click();
    await device.ending();
    assert.deepEqual([...device.problems, ...phone.problems], []);
  });

  it('says so where it came over plain http from elsewhere, and rings all the same', async (t) => {
    const demo = await start(t, [...FAKE_DEVICES, `--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`]);
    const origin = demo.service.endpoint.replace('127.0.0.1', ELSEWHERE);
    const device = await demo.openAlone('role=device');
    const phone = await demo.openAlone('role=phone', { origin, viewport: { width: 390, height: 844 } });
    assert.match(await phone.frame.getByTestId('insecure').innerText(), /No camera and no microphone here/);
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
