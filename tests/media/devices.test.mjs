// Devices that are missing, refused, in use or taken away.

/* global connectedCall, createEnd, failure, framesArrive, pictureChanges, soundArrives, until */

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { FAKE_DEVICES } from '../support/chromium.mjs';
import { inPage } from './page.mjs';

/** An end that joins, and fails. */
const joining = (options) => failure(createEnd('caller', options, { send() {} }).join());

/** A browser whose getUserMedia fails in one way; which errors it has is the specification's. */
const failing = async ([name, message]) => {
  navigator.mediaDevices.getUserMedia = async () => {
    throw new DOMException(message, name);
  };
  return failure(createEnd('caller', {}, { send() {} }).join());
};

const shape = ({ errCode, isJoinError, cause, errType }) => ({ errCode, isJoinError, cause, errType });

describe('devices of a browser', { timeout: 300_000 }, () => {
  describe('that are there', () => {
    const evaluate = inPage(['--use-fake-device-for-media-stream=device-count=3', FAKE_DEVICES[1]]);

    it('are switched', async () => {
      const { devices, again, stopped, off } = await evaluate(async () => {
        const { caller, listener } = await connectedCall();
        const camera = () => caller.streams.local.getVideoTracks()[0];
        const device = () => camera().getSettings().deviceId;
        const first = camera();
        const before = device();
        await caller.media.switchCamera();
        const second = device();
        // Of Chromium's second fake camera, a depth sensor, nothing can be sent.
        await caller.media.switchCamera();
        const third = device();
        await framesArrive(listener);
        await pictureChanges(listener);
        // While it is off, the one that is turned on next changes.
        await caller.media.setCamera(false);
        await caller.media.switchCamera();
        const off = caller.streams.local.getVideoTracks().length;
        await caller.media.setCamera(true);
        return { devices: [before, second, third], again: device(), stopped: first.readyState, off };
      });
      assert.equal(new Set(devices).size, 3, devices);
      assert.equal(again, devices[0]);
      assert.equal(stopped, 'ended');
      assert.equal(off, 0);
    });

    it('are kept where there is no other that can be opened', async () => {
      const { errCode, same } = await evaluate(async () => {
        const { caller, listener } = await connectedCall();
        const device = () => caller.streams.local.getVideoTracks()[0].getSettings().deviceId;
        const before = device();
        const { mediaDevices } = navigator;
        const open = mediaDevices.getUserMedia.bind(mediaDevices);
        mediaDevices.getUserMedia = async (constraints) => {
          if (constraints.video.facingMode === 'user') return open(constraints);
          throw new DOMException('in use', 'NotReadableError');
        };
        const { errCode } = await failure(caller.media.switchCamera());
        await framesArrive(listener);
        return { errCode, same: device() === before };
      });
      assert.equal(errCode, 2007);
      assert.ok(same);
    });

    it('that cannot be opened in a call end nothing else', async () => {
      const { failed, problems } = await evaluate(async () => {
        const { caller, listener } = await connectedCall({ camera: false });
        const problems = [];
        addEventListener('unhandledrejection', ({ reason }) => problems.push(String(reason)));
        navigator.mediaDevices.getUserMedia = async () => {
          throw new DOMException('refused', 'NotAllowedError');
        };
        const failed = await failure(caller.media.setCamera(true));
        // Whoever does not wait for it need not.
        caller.media.setCamera(true);
        await soundArrives(listener);
        return { failed, problems };
      });
      assert.equal(failed.errCode, 2102);
      assert.equal(failed.extErrMsg, 'refused');
      assert.deepEqual(problems, []);
    });

    it('are told of when a camera is unplugged', async () => {
      const { cameras, aborts, tracks } = await evaluate(async () => {
        const { caller, listener } = await connectedCall();
        const [camera] = caller.streams.local.getVideoTracks();
        // The browser's own event; there is nothing to unplug here.
        camera.dispatchEvent(new Event('ended'));
        await until('the listener has no picture', () => listener.streams.remote.getVideoTracks().length === 0);
        await soundArrives(listener);
        const tracks = caller.streams.local.getVideoTracks().length;
        await caller.media.setCamera(true);
        await framesArrive(listener);
        return { cameras: caller.cameras, aborts: caller.aborts, tracks };
      });
      assert.deepEqual(cameras, [{ on: false, errCode: 2007 }]);
      assert.deepEqual(aborts, []);
      assert.equal(tracks, 0);
    });

    it('are replaced when a microphone is unplugged, if there is another', async () => {
      const { aborts, refused } = await evaluate(async () => {
        const { caller, listener } = await connectedCall({ roomType: 'voice' });
        const microphone = () => caller.streams.local.getAudioTracks()[0];
        const first = microphone();
        first.dispatchEvent(new Event('ended'));
        await until('there is another', () => microphone() && microphone() !== first);
        await soundArrives(listener);
        const aborts = [...caller.aborts];
        navigator.mediaDevices.getUserMedia = async () => {
          throw new DOMException('gone', 'NotFoundError');
        };
        microphone().dispatchEvent(new Event('ended'));
        await until('it cannot go on', () => caller.aborts.length > 0);
        return { aborts, refused: caller.aborts };
      });
      assert.deepEqual(aborts, []);
      assert.equal(refused.length, 1);
      assert.equal(refused[0].errCode, 2007);
      assert.match(refused[0].errMsg, /^webRtcMedia:fail .*microphone/);
    });

    it('are not left open by a call that was left while they were being opened', async () => {
      const { errCode, live } = await evaluate(async () => {
        const { mediaDevices } = navigator;
        const open = mediaDevices.getUserMedia.bind(mediaDevices);
        const tracks = [];
        mediaDevices.getUserMedia = async (constraints) => {
          const stream = await open(constraints);
          tracks.push(...stream.getTracks());
          end.call('leave');
          return stream;
        };
        const end = createEnd('caller', {}, { send() {} });
        const { errCode } = await failure(end.join());
        return { errCode, live: tracks.map(({ readyState }) => readyState) };
      });
      assert.equal(errCode, 2009);
      assert.deepEqual(live, ['ended', 'ended']);
    });

    for (const [name, errCode] of [
      ['NotAllowedError', 2102],
      ['NotFoundError', 2007],
      ['NotReadableError', 2007],
      ['OverconstrainedError', 2007],
      ['AbortError', 2007],
      ['SecurityError', 2103],
    ]) {
      it(`that end in a ${name} are ${errCode}`, async () => {
        const failed = await evaluate(failing, [name, 'what the browser says']);
        assert.deepEqual(shape(failed), { errCode, isJoinError: true, cause: name, errType: 0 });
        assert.equal(failed.extErrMsg, 'what the browser says');
        assert.match(failed.errMsg, /^webRtcMedia:fail /);
      });
    }

    it('are not opened with ICE servers that are none', async () => {
      const failed = await evaluate(joining, { iceServers: [{ urls: ['http://none.test'] }] });
      assert.deepEqual(shape(failed), { errCode: 2003, isJoinError: true, cause: 'SyntaxError', errType: 0 });
    });

    it('are not opened where there is no WebRTC', async () => {
      const failed = await evaluate(async () => {
        window.RTCPeerConnection = undefined;
        return failure(createEnd('caller', {}, { send() {} }).join());
      });
      assert.equal(failed.errCode, 2003);
    });
  });

  describe('that are refused', () => {
    const evaluate = inPage([FAKE_DEVICES[0], '--deny-permission-prompts']);
    it('are 2102', async () => {
      const failed = await evaluate(joining, {});
      assert.deepEqual(shape(failed), { errCode: 2102, isJoinError: true, cause: 'NotAllowedError', errType: 0 });
      assert.match(failed.errMsg, /no permission for the microphone and camera/);
      assert.notEqual(failed.extErrMsg, '');
    });
  });

  describe('that are not there', () => {
    const evaluate = inPage(['--use-fake-device-for-media-stream=device-count=0', FAKE_DEVICES[1]]);
    it('are 2007', async () => {
      const failed = await evaluate(joining, {});
      assert.deepEqual(shape(failed), { errCode: 2007, isJoinError: true, cause: 'NotFoundError', errType: 0 });
    });
  });

  describe('of a page that is not secure', () => {
    const evaluate = inPage(
      [...FAKE_DEVICES, '--host-resolver-rules=MAP insecure.test 127.0.0.1'],
      (endpoint) => endpoint.replace('127.0.0.1', 'insecure.test'),
    );
    it('are 2103', async () => {
      const failed = await evaluate(joining, {});
      assert.equal(failed.errCode, 2103);
      assert.match(failed.errMsg, /https or from localhost/);
    });
  });
});
