// A handset can be heard ringing, once its user has touched the page, and stops when it should.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { startDemo } from './demo-page.mjs';

/**
 * Runs in each page before its own code: measures what goes to the loudspeaker. What a test runs in the page counts as a
 * user's touch for the browser; here only a real one does.
 */
function listenIn() {
  let isTouched = false;
  for (const type of ['pointerdown', 'keydown']) {
    addEventListener(type, () => (isTouched = true), true);
  }
  Object.defineProperty(navigator, 'userActivation', { get: () => ({ hasBeenActive: isTouched }) });
  const connect = AudioNode.prototype.connect;
  window.loudest = 0;
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) {
      const analyser = new AnalyserNode(this.context);
      connect.call(this, analyser);
      const samples = new Float32Array(analyser.fftSize);
      setInterval(() => {
        if (this.context.state !== 'running') return;
        analyser.getFloatTimeDomainData(samples);
        window.loudest = Math.max(window.loudest, ...samples.map(Math.abs));
      }, 30);
    }
    return connect.call(this, target, ...rest);
  };
}

describe('a handset that rings', { timeout: 120_000 }, () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  /** The loudest that is heard within the next three seconds, longer than a tone pauses. */
  async function heard({ page }) {
    await page.evaluate(() => (window.loudest = 0));
    await page.waitForTimeout(3_000);
    return page.evaluate(() => window.loudest);
  }

  /** A tone that was stopped may still be on its way to the loudspeaker when the page has said so. */
  async function assertFallsSilent(handset) {
    if ((await heard(handset)) === 0) return;
    assert.equal(await heard(handset), 0);
  }

  /** Opens a handset that is measured, for as long as the test runs. */
  async function open(t, query) {
    const handset = await demo.openAlone(query, { init: listenIn });
    t.after(handset.close);
    return handset;
  }

  async function ring(t) {
    const [device, phone] = await Promise.all([open(t, 'role=device'), open(t, 'role=phone')]);
    await device.call.click();
    await phone.incoming.waitFor();
    const end = async () => {
      await device.action('hangUp').click();
      await phone.ending();
      assert.equal(await phone.tone(), '');
      await assertFallsSilent(phone);
      assert.deepEqual([...device.problems, ...phone.problems], []);
    };
    return { phone, end };
  }

  it('is silent until its user touches the page, and then is heard until the call is over', async (t) => {
    const { phone, end } = await ring(t);
    assert.equal(await phone.tone(), '');
    assert.equal(await heard(phone), 0);
    await phone.callerName.click();
    assert.equal(await phone.tone(), 'incoming');
    assert.ok((await heard(phone)) > 0.05);
    await end();
  });

  it('can be silenced, and the call goes on ringing', async (t) => {
    const { phone, end } = await ring(t);
    await phone.callerName.click();
    assert.ok((await heard(phone)) > 0.05);
    await phone.action('silence').click();
    assert.equal(await phone.tone(), '');
    await assertFallsSilent(phone);
    assert.equal(await phone.action('silence').isVisible(), false);
    assert.equal(await phone.action('answer').isVisible(), true);
    await end();
  });

  it('keeps quiet where its sound was switched off, also after the page was loaded anew', async (t) => {
    const phone = await open(t, 'role=phone');
    assert.equal(await phone.sound.getAttribute('aria-pressed'), 'true');
    await phone.sound.click();
    await phone.page.reload();
    await phone.reachable.waitFor();
    assert.equal(await phone.sound.getAttribute('aria-pressed'), 'false');
    await phone.page.locator('h1').click();
    const device = await open(t, 'role=device');
    await device.call.click();
    await phone.incoming.waitFor();
    assert.equal(await heard(phone), 0);
    assert.equal(await device.tone(), 'outgoing', 'whoever calls hears the other side ring');
    await phone.action('answer').click();
    await device.state('connected').waitFor();
    assert.equal(await device.tone(), '');
    await device.action('hangUp').click();
    await phone.ending();
    assert.deepEqual([...device.problems, ...phone.problems], []);
  });
});
