// How the phone's side encodes its video, where the call says so.

/* global createEnd */

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { FAKE_DEVICES } from '../../support/chromium.mjs';
import { inPage } from './page.mjs';

/** What the camera of an end gives that has joined. */
const pictureOf = async ([name, options]) => {
  const end = createEnd(name, options, { send() {} });
  await end.join();
  const { width, height, frameRate } = end.streams.local.getVideoTracks()[0].getSettings();
  end.media.leave();
  return { width, height, frameRate };
};

const SMALL = { fixedLength: 320, rotation: 0, ratio: 0, maxFPS: 10 };
const UPRIGHT = { fixedLength: 320, rotation: 1, ratio: 75, maxFPS: 0 };
const WIDE = { fixedLength: 640, rotation: 2, ratio: 400 / 3, maxFPS: 0 };

describe('the picture that a phone sends', { timeout: 120_000 }, () => {
  const evaluate = inPage(FAKE_DEVICES);

  it('is as its camera has it, where nobody says otherwise', async () => {
    const untold = await evaluate(pictureOf, ['caller', { businessType: 2 }]);
    assert.deepEqual([untold.width, untold.height], [640, 480]);
    assert.ok(untold.frameRate > 15, untold.frameRate);
  });

  for (const [who, name, businessType] of [
    ['a phone that calls', 'caller', 2],
    ['a phone that is called by a device', 'listener', 1],
    ['a phone that is called by a face-payment device', 'listener', 0],
  ]) {
    it(`is as the call says, of ${who}`, async () => {
      const of = (encodeVideo) => evaluate(pictureOf, [name, { businessType, encodeVideo }]);
      const small = await of(SMALL);
      assert.deepEqual([small.width, small.frameRate], [320, 10]);
      const upright = await of(UPRIGHT);
      assert.deepEqual([upright.width, upright.height], [240, 320]);
      const wide = await of(WIDE);
      assert.deepEqual([wide.width, wide.height], [640, 480]);
    });
  }

  it('is no matter of the device', async () => {
    for (const [name, businessType] of [
      ['listener', 2],
      ['caller', 1],
    ]) {
      const { width } = await evaluate(pictureOf, [name, { businessType, encodeVideo: SMALL }]);
      assert.equal(width, 640);
    }
  });

  it('is what the host itself has said, where it has', async () => {
    const video = { width: 160, height: 120 };
    const { width, frameRate } = await evaluate(pictureOf, ['caller', { businessType: 2, encodeVideo: SMALL, video }]);
    assert.deepEqual([width, frameRate], [160, 10]);
  });
});
