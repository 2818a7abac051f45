// What shows the streams of a call on a page: nothing begins anew, and nobody waits for a tap without knowing.

/* global connectedCall, framesArrive, pictureChanges, streamPlayer, until */

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { FAKE_DEVICES, launchChromium, openPage } from '../../support/chromium.mjs';
import { ROOT } from '../../support/paths.mjs';
import { serveFiles } from '../../support/servers.mjs';
import { inPage } from './page.mjs';

describe('what shows the streams of a call', { timeout: 120_000 }, () => {
  const evaluate = inPage();

  it('begins nothing anew, however often it is told what there is', async () => {
    const { restarts, gaps, frames } = await evaluate(async () => {
      const { caller } = await connectedCall();
      const [local, remote] = [0, 1].map(() => document.body.appendChild(document.createElement('video')));
      const player = streamPlayer();
      const view = () => ({ localStream: caller.streams.local, remoteStream: caller.streams.remote });
      player.show(view(), { local, remote });
      await until('both play', () => [local, remote].every((video) => video.videoWidth > 0 && !video.paused));
      const restarts = [];
      for (const name of ['emptied', 'loadstart', 'pause', 'waiting']) {
        for (const video of [local, remote]) video.addEventListener(name, () => restarts.push(name));
      }
      const shown = [];
      const count = (_, { presentedFrames }) => {
        shown.push(presentedFrames);
        remote.requestVideoFrameCallback(count);
      };
      remote.requestVideoFrameCallback(count);
      for (let views = 0; views < 10; views += 1) {
        player.show(view(), { local, remote });
        await until('frames are shown', () => shown.length > views * 3 + 3);
      }
      const gaps = shown.filter((frame, index) => index > 0 && frame <= shown[index - 1]);
      return { restarts, gaps, frames: shown.length };
    });
    assert.deepEqual(restarts, []);
    assert.deepEqual(gaps, [], 'an element that begins anew counts from the beginning');
    assert.ok(frames >= 30);
  });

  it('takes elements that are not there yet, are others than before, or change places', async () => {
    const seen = await evaluate(async () => {
      const { caller } = await connectedCall();
      const { local: localStream, remote: remoteStream } = caller.streams;
      const streams = { localStream, remoteStream };
      const names = new Map([
        [localStream, 'own'],
        [remoteStream, 'other'],
        [null, null],
      ]);
      const [a, b, c] = ['a', 'b', 'c'].map((id) => Object.assign(document.createElement('video'), { id }));
      const said = () => [a, b, c].map((video) => `${names.get(video.srcObject)}${video.muted ? ' muted' : ''}`);
      const player = streamPlayer();
      const seen = [];
      for (const [view, elements] of [
        [streams, {}],
        [streams, { local: null, remote: a }],
        [streams, { local: b, remote: a }],
        [streams, { local: a, remote: b }],
        [streams, { local: c, remote: b }],
        [streams, { local: c, remote: null }],
        [
          { ...streams, localStream: undefined },
          { local: c, remote: a },
        ],
        [{}, { local: c, remote: a }],
        [streams, { local: c, remote: a }],
      ]) {
        player.show(view, elements);
        seen.push(said());
      }
      await until('the last two play', () => !a.paused && !c.paused && b.paused);
      return seen;
    });
    assert.deepEqual(seen, [
      ['null', 'null', 'null'],
      ['other', 'null', 'null'],
      ['other', 'own muted', 'null'],
      ['own muted', 'other', 'null'],
      ['null', 'other', 'own muted'],
      ['null', 'null', 'own muted'],
      ['other', 'null', 'null muted'],
      ['null', 'null', 'null muted'],
      ['other', 'null', 'own muted'],
    ]);
  });

  it('shows another stream in the same element, and plays what was paused', async () => {
    await evaluate(async () => {
      const call = await connectedCall();
      const { caller } = call;
      const remote = document.body.appendChild(document.createElement('video'));
      const player = streamPlayer();
      const show = () => player.show({ remoteStream: caller.streams.remote }, { remote });
      show();
      const before = caller.streams.remote;
      await call.reload('listener');
      await until('there is another stream', () => caller.streams.remote && caller.streams.remote !== before);
      show();
      await pictureChanges({ name: 'caller', video: remote });
      remote.pause();
      show();
      await pictureChanges({ name: 'caller', video: remote });
    });
  });

  it('waits for no picture that does not come any more', async () => {
    await evaluate(async () => {
      const context = new AudioContext();
      const out = context.createMediaStreamDestination();
      const tone = new OscillatorNode(context);
      tone.connect(out);
      tone.start();
      const picture = document.createElement('canvas').captureStream(0).getVideoTracks()[0];
      const remoteStream = new MediaStream([...out.stream.getTracks(), picture]);
      const remote = document.body.appendChild(document.createElement('video'));
      const player = streamPlayer();
      player.show({ remoteStream }, { remote });
      player.show({ remoteStream }, { remote });
      if (remote.readyState !== 0) throw new Error('it does not wait');
      remoteStream.removeTrack(picture);
      player.show({ remoteStream }, { remote });
      await until('the sound is played', () => remote.currentTime > 0.5);
    });
  });

  it('calls nothing blocked but what a tap could play', async () => {
    const said = await evaluate(async () => {
      const remoteStream = new MediaStream();
      const said = [];
      const player = streamPlayer({ onBlocked: (isBlocked) => said.push(isBlocked) });
      const attempt = async (remote, play) => {
        remote.play = play;
        player.show({ remoteStream }, { remote });
        // What became of it is known.
        await new Promise((resolve) => setTimeout(resolve));
        return player.isBlocked;
      };
      const refused = (name) => async () => {
        throw new DOMException('as the test wants it', name);
      };
      const video = document.createElement('video');
      const each = [];
      for (const play of [
        refused('AbortError'),
        refused('NotSupportedError'),
        refused('NotAllowedError'),
        refused('NotAllowedError'),
        () => Promise.reject(undefined),
        refused('NotAllowedError'),
        // Of long ago, a browser's gives no promise.
        () => undefined,
        refused('NotAllowedError'),
      ]) {
        each.push(await attempt(video, play));
      }
      // An element that has gone wants no tap.
      player.show({ remoteStream }, { remote: null });
      each.push(player.isBlocked);
      return { each, said };
    });
    assert.deepEqual(said.each, [false, false, true, true, false, true, false, true, false]);
    assert.deepEqual(said.said, [true, false, true, false, true, false]);
  });

  describe('before the user has touched the page', () => {
    let site;
    let browser;
    before(async () => {
      site = await serveFiles(ROOT);
      browser = await launchChromium([...FAKE_DEVICES, '--autoplay-policy=document-user-activation-required']);
    });
    after(async () => {
      await browser?.close();
      await site?.stop();
    });

    it('says that a tap is wanted, and plays after it', async () => {
      const { page, problems } = await openPage(browser);
      // To evaluate anything in a page counts as its user's touch, so the page tells by itself.
      const told = [];
      // Chromium warns of the tone, too.
      const isOwn = (message) => message.type() === 'log';
      page.on('console', (message) => isOwn(message) && told.push(message.text()));
      const next = () => page.waitForEvent('console', { predicate: isOwn });
      const first = next();
      await page.goto(`${site.endpoint}/tests/browser/media/tap.html`);
      await first;
      assert.deepEqual(told, ['blocked']);
      const second = next();
      await page.mouse.click(20, 20);
      await second;
      assert.deepEqual(told, ['blocked', 'plays']);
      assert.deepEqual(problems, []);
      await page.context().close();
    });
  });
});
