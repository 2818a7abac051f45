// Handsets without a camera or a microphone: refused, in use, not there, or not for this page.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { FAKE_DEVICES } from '../../support/chromium.mjs';
import { connect, screenshot, startDemo } from './demo-page.mjs';
import { loudness, pictureChanges, SILENCE } from './seen-and-heard.mjs';

const [FAKE, ALLOWED] = FAKE_DEVICES;
/** Chromium's fake microphones stay. */
const NO_CAMERA = [`${FAKE}=device-count=0`, ALLOWED];
/** A name of this machine that is none of those that browsers trust. */
const ELSEWHERE = 'handset.test';

/** Runs in a page before its own code: what asks for these kinds fails. */
function fail(kinds, name) {
  const open = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = async function (constraints) {
    if (kinds.some((kind) => constraints[kind])) throw new DOMException('as the test wants it', name);
    return open.call(this, constraints);
  };
}

const pressed = (button) =>
  button.evaluate(async (node) => {
    while (node.getAttribute('aria-pressed') !== 'true') await new Promise(requestAnimationFrame);
  });

describe('a handset without camera and microphone', { timeout: 240_000 }, () => {
  async function start(t, chromium, env) {
    const demo = await startDemo({ chromium, env });
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
      assert.equal(await device.ending(), 'The browser was not allowed to use the microphone');
      assert.match(await device.note.innerText(), /Allow it beside the address of this page/);
      assert.equal(await phone.ending(), 'The call broke off');
      assert.equal(await phone.note.innerText(), 'The other side cannot use its microphone');
      if (listener === device) await screenshot(device.page, 'refused-390x844');
      assert.deepEqual([...device.problems, ...phone.problems], []);
    });
  }

  it('goes on without the camera where only that is refused, and says so', async (t) => {
    const demo = await start(t, [FAKE]);
    const device = await demo.openAlone('role=device', { permissions: ['microphone'] });
    const phone = await demo.openAlone('role=phone', { permissions: ['camera', 'microphone'] });
    await connect(device, phone);
    const refused = device.note.and(device.page.getByText('The browser was not allowed to use the camera'));
    await refused.waitFor();
    assert.ok((await pictureChanges(device.remote)) > 0);
    assert.ok((await loudness(phone.remote)) > 0.01);
    assert.match(await phone.note.innerText(), /camera is off/);
    // It is still refused, and then the user allows it.
    await device.action('camera').click();
    await refused.waitFor();
    await device.page.context().grantPermissions(['camera', 'microphone']);
    await device.action('camera').click();
    await device.note.and(device.frame.locator(':empty')).waitFor({ state: 'attached' });
    await phone.frame.locator('.call-page_pictured').waitFor();
    assert.ok((await pictureChanges(phone.remote)) > 0);
    assert.deepEqual([...device.problems, ...phone.problems], []);
  });

  it('goes on without the camera where another program uses it, as who calls and as who is called', async (t) => {
    const demo = await start(t, FAKE_DEVICES);
    const inUse = { content: `(${fail})(['video'], 'NotReadableError')` };
    const device = await demo.openAlone('role=device', { init: inUse });
    const phone = await demo.openAlone('role=phone', { init: inUse });
    await connect(device, phone);
    for (const { remote, note } of [device, phone]) {
      assert.ok((await loudness(remote)) > 0.01);
      assert.match(await note.innerText(), /The camera cannot be used: .* The other side hears you/);
    }
    await device.action('hangUp').click();
    await phone.ending();
    assert.deepEqual([...device.problems, ...phone.problems], []);
  });

  it('says that nobody hears it where its microphone is lost, until there is another', async (t) => {
    const demo = await start(t, FAKE_DEVICES);
    const losing = () => {
      // The page puts its own in their place.
      window.devices = navigator.mediaDevices;
      const open = MediaDevices.prototype.getUserMedia;
      MediaDevices.prototype.getUserMedia = async function (constraints) {
        if (window.isUnplugged) throw new DOMException('as the test wants it', 'NotReadableError');
        const stream = await open.call(this, constraints);
        window.microphone = stream.getAudioTracks()[0] ?? window.microphone;
        return stream;
      };
    };
    const device = await demo.openAlone('role=device', { init: { content: `(${losing})()` } });
    const phone = await demo.openAlone('role=phone');
    await connect(device, phone);
    await device.page.evaluate(() => {
      window.isUnplugged = true;
      window.microphone.dispatchEvent(new Event('ended'));
    });
    await device.note.and(device.page.getByText('Nobody hears you')).waitFor();
    // What was on its way is still heard.
    await loudness(phone.remote);
    assert.ok((await loudness(phone.remote)) < SILENCE);
    assert.ok((await loudness(device.remote)) > 0.01);
    await device.page.evaluate(() => {
      window.isUnplugged = false;
      window.devices.dispatchEvent(new Event('devicechange'));
    });
    await device.note.and(device.frame.locator(':empty')).waitFor({ state: 'attached' });
    assert.ok((await loudness(phone.remote)) > 0.01);
    assert.deepEqual([...device.problems, ...phone.problems], []);
  });

  it('shows its test picture by itself where there is no camera, and speaks by its microphone', async (t) => {
    const demo = await start(t, NO_CAMERA);
    const { page, problems, device, phone } = await demo.open({ viewport: { width: 1366, height: 768 } });
    await connect(device, phone);
    for (const { remote, own, note } of [device, phone]) {
      assert.ok((await pictureChanges(remote)) > 0);
      assert.ok((await pictureChanges(own)) > 0);
      assert.ok((await loudness(remote)) > 0.01);
      assert.equal(await note.innerText(), 'No camera here: the test picture stands in for it');
    }
    await screenshot(page, 'no-camera-1366x768');
    await device.action('camera').click();
    await device.note.and(device.frame.locator(':empty')).waitFor({ state: 'attached' });
    await device.action('camera').click();
    await device.note.and(device.frame.getByText('No camera here')).waitFor();
    await phone.action('hangUp').click();
    await device.ending();
    assert.deepEqual(problems, []);
  });

  for (const [lacking, roomType, told] of [
    [['audio'], 'video', 'No microphone here: a test tone stands in for it'],
    [['audio'], 'voice', 'No microphone here: a test tone stands in for it'],
    [['audio', 'video'], 'video', 'No camera and no microphone here: a test picture and a tone stand in for them'],
  ]) {
    it(`calls all the same in a ${roomType} call without ${lacking.join(' and ')}`, async (t) => {
      const demo = await start(t);
      const without = { content: `(${fail})(${JSON.stringify(lacking)}, 'NotFoundError')` };
      const device = await demo.openAlone('role=device', { init: without });
      const phone = await demo.openAlone('role=phone');
      await device.fill('roomType', roomType);
      await connect(device, phone);
      assert.ok((await loudness(phone.remote)) > 0.01);
      if (roomType === 'video') assert.ok((await pictureChanges(phone.remote)) > 0);
      assert.equal(await device.note.innerText(), told);
      assert.equal(await phone.note.innerText(), '', 'the other side lacks nothing');
      assert.deepEqual([...device.problems, ...phone.problems], []);
    });
  }

  it('says that they could not be opened where another program uses them', async (t) => {
    const demo = await start(t);
    const inUse = { content: `(${fail})(['audio', 'video'], 'NotReadableError')` };
    const device = await demo.openAlone('role=device', { init: inUse });
    for (const [roomType, sentence] of [
      ['video', 'The microphone could not be opened'],
      ['voice', 'The microphone could not be opened'],
    ]) {
      await device.fill('roomType', roomType);
      await device.call.click();
      assert.equal(await device.ending(), sentence);
      await device.action('close').click();
    }
    assert.deepEqual(device.problems, []);
  });

  it('talks by its test picture where the user wants it', async (t) => {
    const demo = await start(t, FAKE_DEVICES);
    const { page, problems, device, phone } = await demo.open({ viewport: { width: 1280, height: 1000 } });
    await device.testPicture.click();
    // The handsets of one browser agree on it.
    for (const { testPicture } of [device, phone]) {
      await pressed(testPicture);
    }

    await connect(device, phone);
    for (const { remote, own, note } of [device, phone]) {
      assert.equal(await note.innerText(), '');
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
    const mapped = `--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1, MAP unnamed.test 127.0.0.1`;
    const demo = await start(t, [...FAKE_DEVICES, mapped], { WMPF_VOIP_DEMO_HOSTS: ELSEWHERE });
    const at = (host) => demo.service.endpoint.replace('127.0.0.1', host);
    const unnamed = await demo.browser.newPage();
    await unnamed.goto(`${at('unnamed.test')}/handset.html?role=phone`);
    await unnamed.getByText('--demo-host').waitFor();
    await unnamed.close();
    const origin = at(ELSEWHERE);
    const device = await demo.openAlone('role=device');
    const phone = await demo.openAlone('role=phone', { origin, viewport: { width: 390, height: 844 } });
    assert.equal(await phone.insecure.isVisible(), true);
    assert.match(await phone.insecure.innerText(), /No camera and no microphone here/);
    await screenshot(phone.page, 'insecure-390x844');
    await device.call.click();
    await phone.incoming.waitFor();
    await phone.action('answer').click();
    assert.equal(await phone.ending(), 'This page may not use the microphone');
    await device.ending();
    await device.action('close').click();

    await phone.action('testPicture').click();
    await connect(device, phone);
    assert.ok((await pictureChanges(device.remote)) > 0);
    assert.ok((await pictureChanges(phone.remote)) > 0);
    assert.deepEqual([...device.problems, ...phone.problems], []);
  });
});
