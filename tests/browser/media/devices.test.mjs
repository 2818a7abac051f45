// Devices that are missing, refused, in use or taken away.

/* global connectedCall, createCall, createEnd, failure, framesArrive, pictureChanges, silenceArrives, soundArrives, until */

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { FAKE_DEVICES } from '../../support/chromium.mjs';
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

    it('are the first again where the one that was switched to is gone', async () => {
      const { before, after, asked } = await evaluate(async () => {
        const { caller, listener } = await connectedCall();
        const device = () => caller.streams.local.getVideoTracks()[0].getSettings().deviceId;
        const before = device();
        await caller.media.switchCamera();
        const gone = device();
        await caller.media.setCamera(false);
        const { mediaDevices } = navigator;
        const open = mediaDevices.getUserMedia.bind(mediaDevices);
        let asked = 0;
        mediaDevices.getUserMedia = async (constraints) => {
          asked += 1;
          if (constraints.video.deviceId?.exact === gone) throw new DOMException('deviceId', 'OverconstrainedError');
          return open(constraints);
        };
        await caller.media.setCamera(true);
        await framesArrive(listener);
        return { before, after: device(), asked };
      });
      assert.equal(after, before);
      assert.equal(asked, 2);
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
      assert.deepEqual(
        cameras.map(({ on, errCode }) => [on, errCode]),
        [[false, 2007]],
      );
      assert.deepEqual(aborts, []);
      assert.equal(tracks, 0);
    });

    it('are told of when the system pauses a camera, which is not shown meanwhile, and goes on by itself', async () => {
      const { cameras, message } = await evaluate(async () => {
        const { caller, listener, relay } = await connectedCall();
        await framesArrive(listener);
        const [camera] = caller.streams.local.getVideoTracks();
        // As the browser does it; there is no switch here.
        const pause = (muted) => {
          Object.defineProperty(camera, 'muted', { value: muted, configurable: true });
          camera.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
        };
        pause(true);
        await until('the listener has no picture', () => listener.streams.remote.getVideoTracks().length === 0);
        await soundArrives(listener);
        const message = JSON.parse(relay.sent.at(-1).payload).camera;
        pause(false);
        await until('the listener has a picture', () => listener.streams.remote.getVideoTracks().length === 1);
        await framesArrive(listener);
        // It may not go on by itself, and then the user turns it on.
        pause(true);
        await caller.media.setCamera(true);
        await framesArrive(listener);
        await pictureChanges(listener);
        return { cameras: caller.cameras, message };
      });
      assert.deepEqual(
        cameras.map(({ on, errCode }) => [on, errCode]),
        [
          [false, 2007],
          [true, undefined],
          [false, 2007],
        ],
      );
      assert.match(cameras[0].errMsg, /the system or the browser has paused the camera/);
      assert.equal(message, false);
    });

    it('are told of when the system pauses a microphone', async () => {
      const microphones = await evaluate(async () => {
        const { caller } = await connectedCall({ roomType: 'voice' });
        const [microphone] = caller.streams.local.getAudioTracks();
        for (const muted of [true, false]) {
          Object.defineProperty(microphone, 'muted', { value: muted, configurable: true });
          microphone.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
        }
        return caller.microphones;
      });
      assert.deepEqual(microphones, [
        { on: false, errCode: 2007 },
        { on: true, errCode: undefined },
      ]);
    });

    for (const [name, errCode] of [
      ['NotFoundError', 2007],
      ['NotAllowedError', 2102],
      ['NotReadableError', 2007],
      ['OverconstrainedError', 2007],
      ['AbortError', 2007],
      ['SecurityError', 2103],
    ]) {
      it(`go on with the sound where the camera ends in a ${name}, and with a picture when it can be had`, async () => {
        const { joined, later, camera } = await evaluate(async (name) => {
          const { mediaDevices } = navigator;
          const open = mediaDevices.getUserMedia.bind(mediaDevices);
          mediaDevices.getUserMedia = async (constraints) => {
            if (constraints.video) throw new DOMException('USB camera of Alice', name);
            return open(constraints);
          };
          const call = await connectedCall();
          const { caller, listener } = call;
          for (const end of call.ends()) await soundArrives(end);
          const joined = call
            .ends()
            .map(({ cameras, streams }) => [
              cameras.map(({ on, errCode }) => [on, errCode]),
              streams.remote.getTracks().map(({ kind }) => kind),
            ]);
          const later = await failure(caller.media.setCamera(true));
          mediaDevices.getUserMedia = open;
          await caller.media.setCamera(true);
          await framesArrive(listener);
          await pictureChanges(listener);
          return { joined, later, camera: caller.cameras[0].errMsg };
        }, name);
        const one = [[[false, errCode]], ['audio']];
        assert.deepEqual(joined, [one, one]);
        assert.match(camera, /camera/);
        assert.doesNotMatch(camera, /microphone|Alice/);
        assert.deepEqual(shape(later), { errCode, isJoinError: true, cause: name, errType: 0 });
      });
    }

    it('are asked for together, and the camera a second time by nobody but the user', async () => {
      const asked = await evaluate(async () => {
        const asked = [];
        const { mediaDevices } = navigator;
        const open = mediaDevices.getUserMedia.bind(mediaDevices);
        mediaDevices.getUserMedia = async (constraints) => {
          asked.push(Object.keys(constraints));
          if (constraints.video) throw new DOMException('refused', 'NotAllowedError');
          return open(constraints);
        };
        await createCall();
        return asked;
      });
      const one = [['audio', 'video'], ['audio']];
      assert.deepEqual(asked.map(String).sort(), [...one, ...one].map(String).sort());
    });

    it('are replaced when a microphone is unplugged, and where there is no other it is waited for', async () => {
      const { aborts, told, muted } = await evaluate(async () => {
        const { caller, listener } = await connectedCall({ roomType: 'voice' });
        const microphone = () => caller.streams.local.getAudioTracks()[0];
        const first = microphone();
        first.dispatchEvent(new Event('ended'));
        await until('there is another', () => microphone() && microphone() !== first);
        await soundArrives(listener);
        const { mediaDevices } = navigator;
        const open = mediaDevices.getUserMedia.bind(mediaDevices);
        const lose = async () => {
          mediaDevices.getUserMedia = async () => {
            throw new DOMException('gone', 'NotFoundError');
          };
          microphone().dispatchEvent(new Event('ended'));
          await silenceArrives(listener);
        };
        await lose();
        await soundArrives(caller);
        // Something else was plugged in.
        mediaDevices.dispatchEvent(new Event('devicechange'));
        await until('it was looked for', () => caller.microphones.length === 3);
        mediaDevices.getUserMedia = open;
        // Each of a headset's devices is told of.
        for (let told = 0; told < 3; told += 1) mediaDevices.dispatchEvent(new Event('devicechange'));
        await soundArrives(listener);
        const told = caller.microphones.map(({ on, errCode }) => [on, errCode]);

        // It comes back as it is wanted now, and at the user's own wish.
        await lose();
        caller.media.setMuted(true);
        mediaDevices.getUserMedia = open;
        mediaDevices.dispatchEvent(new Event('devicechange'));
        await until('there is one', microphone);
        const muted = !microphone().enabled;
        await lose();
        mediaDevices.getUserMedia = open;
        caller.media.setMuted(false);
        await soundArrives(listener);
        return { aborts: caller.aborts, told, muted };
      });
      assert.deepEqual(aborts, []);
      assert.deepEqual(told, [
        [true, undefined],
        [false, 2007],
        [false, 2007],
        [true, undefined],
      ]);
      assert.equal(muted, true);
    });

    it('are looked for no longer after the call', async () => {
      const asked = await evaluate(async () => {
        const { caller } = await connectedCall({ roomType: 'voice' });
        caller.media.leave();
        let asked = 0;
        navigator.mediaDevices.getUserMedia = async () => {
          asked += 1;
          throw new DOMException('gone', 'NotFoundError');
        };
        navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
        await new Promise((resolve) => setTimeout(resolve, 100));
        return asked;
      });
      // The listener's microphone is there.
      assert.equal(asked, 0);
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
      it(`of which the microphone ends in a ${name} cannot join: ${errCode}`, async () => {
        const failed = await evaluate(failing, [name, 'what the browser says']);
        assert.deepEqual(shape(failed), { errCode, isJoinError: true, cause: name, errType: 0 });
        assert.equal(failed.extErrMsg, 'what the browser says');
        assert.match(
          failed.errMsg,
          /^webRtcMedia:fail .*microphone|^webRtcMedia:fail this page may not use the microphone/,
        );
        assert.doesNotMatch(failed.errMsg, /camera/);
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
      assert.match(failed.errMsg, /no permission for the microphone:/);
      assert.notEqual(failed.extErrMsg, '');
    });
  });

  describe('of which only the camera is refused', () => {
    const evaluate = inPage([FAKE_DEVICES[0]], undefined, { permissions: ['microphone'] });
    it('have sound', async () => {
      const cameras = await evaluate(async () => {
        const call = await connectedCall();
        for (const end of call.ends()) await soundArrives(end);
        return call.ends().map(({ cameras }) => cameras.map(({ on, errCode }) => [on, errCode]));
      });
      assert.deepEqual(cameras, [[[false, 2102]], [[false, 2102]]]);
    });
  });

  describe('of which there is no camera', () => {
    // Chromium's fake microphones stay.
    const evaluate = inPage([`${FAKE_DEVICES[0]}=device-count=0`, FAKE_DEVICES[1]]);
    it('have sound', async () => {
      const cameras = await evaluate(async () => {
        const call = await connectedCall();
        for (const end of call.ends()) await soundArrives(end);
        return call.ends().map(({ cameras }) => cameras.map(({ on, errCode }) => [on, errCode]));
      });
      assert.deepEqual(cameras, [[[false, 2007]], [[false, 2007]]]);
    });
  });

  describe('of a page that is not secure', () => {
    const evaluate = inPage([...FAKE_DEVICES, '--host-resolver-rules=MAP insecure.test 127.0.0.1'], (endpoint) =>
      endpoint.replace('127.0.0.1', 'insecure.test'),
    );
    it('are 2103', async () => {
      const failed = await evaluate(joining, {});
      assert.equal(failed.errCode, 2103);
      assert.match(failed.errMsg, /https or from localhost/);
    });
  });
});
