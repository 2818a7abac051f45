// Two ends of a call talk over WebRTC in Chromium: what really arrives is looked at.

/* global connectedCall, connections, framesArrive, pictureChanges */
/* global silenceArrives, soundArrives, until, works */

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { inPage } from './page.mjs';

describe('two ends of a call in browsers', { timeout: 300_000 }, () => {
  const evaluate = inPage();

  it('see and hear each other', async () => {
    const { states, kinds } = await evaluate(async () => {
      const call = await connectedCall();
      await works(call);
      const kinds = call.ends().map(({ streams }) =>
        [streams.local, streams.remote].map((stream) =>
          stream
            .getTracks()
            .map(({ kind }) => kind)
            .sort(),
        ),
      );
      return { states: call.ends().map(({ states }) => states), kinds };
    });
    assert.deepEqual(states, [
      ['connecting', 'connected'],
      ['connecting', 'connected'],
    ]);
    const both = ['audio', 'video'];
    assert.deepEqual(kinds, [
      [both, both],
      [both, both],
    ]);
  });

  it('only hear each other in a voice call, whatever is said about cameras', async () => {
    const tracks = await evaluate(async () => {
      const call = await connectedCall({ roomType: 'voice', camera: true });
      await call.caller.media.setCamera(true);
      await call.caller.media.switchCamera();
      for (const end of call.ends()) await soundArrives(end);
      return call
        .ends()
        .flatMap(({ streams }) => [streams.local, streams.remote].map((stream) => stream.getTracks().length));
    });
    assert.deepEqual(tracks, [1, 1, 1, 1]);
  });

  it('open no camera that is off, and turn it on without a new offer', async () => {
    const { opened, atFirst, offers, later } = await evaluate(async () => {
      const opened = [];
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = (constraints) => {
        opened.push(Object.keys(constraints));
        return open(constraints);
      };
      const call = await connectedCall({ camera: false });
      const { caller, listener } = call;
      await soundArrives(caller);
      await soundArrives(listener);
      const videos = () =>
        call
          .ends()
          .flatMap(({ streams }) => [streams.local, streams.remote].map((stream) => stream.getVideoTracks().length));
      const atFirst = videos();
      for (const [end, other] of [
        [caller, listener],
        [listener, caller],
      ]) {
        await end.media.setCamera(true);
        await framesArrive(other);
        await pictureChanges(other);
      }
      const offers = call.relay.sent.filter(({ payload }) => JSON.parse(payload).description?.type === 'offer');
      return { opened, atFirst, offers: offers.length, later: videos() };
    });
    assert.deepEqual(opened, [['audio'], ['audio'], ['video'], ['video']]);
    assert.deepEqual(atFirst, [0, 0, 0, 0]);
    assert.deepEqual(later, [1, 1, 1, 1]);
    assert.equal(offers, 1);
  });

  it('turn their cameras off, lights included, and on again', async () => {
    const { stopped, seen } = await evaluate(async () => {
      const call = await connectedCall();
      const { caller, listener } = call;
      await framesArrive(listener);
      const [camera] = caller.streams.local.getVideoTracks();
      await caller.media.setCamera(false);
      const stopped = camera.readyState;
      await until('the listener has no picture', () => listener.streams.remote.getVideoTracks().length === 0);
      const seen = [caller.streams.local, listener.streams.remote, listener.streams.local].map(
        (stream) => stream.getVideoTracks().length,
      );
      await soundArrives(listener);
      await framesArrive(caller);
      await caller.media.setCamera(true);
      await framesArrive(listener);
      await pictureChanges(listener);
      return { stopped, seen };
    });
    assert.equal(stopped, 'ended');
    assert.deepEqual(seen, [0, 0, 1]);
  });

  it('hear each other where a camera gives no picture, and where it is off before it gave one', async () => {
    const kinds = await evaluate(async () => {
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async ({ audio, video }) => {
        const stream = await open({ audio });
        if (video) stream.addTrack(document.createElement('canvas').captureStream(0).getVideoTracks()[0]);
        return stream;
      };
      const call = await connectedCall();
      const { caller, listener } = call;
      for (const end of call.ends()) await soundArrives(end);
      const kinds = listener.streams.remote.getTracks().map(({ kind }) => kind);
      await caller.media.setCamera(false);
      await soundArrives(listener);
      mediaDevices.getUserMedia = open;
      await caller.media.setCamera(true);
      await framesArrive(listener);
      await pictureChanges(listener);
      await soundArrives(listener);
      return kinds;
    });
    assert.deepEqual(kinds, ['audio']);
  });

  it('have a camera as it was last wanted, however fast that changes', async () => {
    const tracks = await evaluate(async () => {
      const { caller } = await connectedCall();
      const { media } = caller;
      await Promise.all([false, true, true, false, true, false].map((on) => media.setCamera(on)));
      return caller.streams.local.getVideoTracks().length;
    });
    assert.equal(tracks, 0);
  });

  it('are not heard while they are muted, from the start or later', async () => {
    await evaluate(async () => {
      const { caller, listener } = await connectedCall({ roomType: 'voice', listener: { muted: true } });
      await soundArrives(listener);
      await silenceArrives(caller);
      caller.media.setMuted(true);
      await silenceArrives(listener);
      caller.media.setMuted(false);
      listener.media.setMuted(false);
      await soundArrives(listener);
      await soundArrives(caller);
    });
  });

  it('release everything when they leave, at any time and more than once', async () => {
    const left = await evaluate(async () => {
      const call = await connectedCall();
      await framesArrive(call.listener);
      const tracks = call.ends().flatMap(({ streams }) => streams.local.getTracks());
      const { length } = call.relay.sent;
      call.leave();
      call.leave();
      const { caller } = call;
      // Nothing comes of anything afterwards.
      caller.media.start();
      caller.media.peer(true);
      caller.media.receive(call.relay.sent[0].payload);
      caller.media.setMuted(true);
      await caller.media.setCamera(true);
      await caller.media.switchCamera();
      return {
        live: tracks.filter(({ readyState }) => readyState === 'live').length,
        open: connections.filter(({ pc }) => pc.signalingState !== 'closed').length,
        said: call.relay.sent.length - length,
        states: call.ends().map((end) => end.state()),
      };
    });
    assert.deepEqual(left, { live: 0, open: 0, said: 0, states: ['connected', 'connected'] });
  });

  it('can use the same object for the next call', async () => {
    await evaluate(async () => {
      const call = await connectedCall();
      call.leave();
      await Promise.all(call.ends().map((end) => end.join()));
      call.start();
      await until('a second connection of each', () => connections.length === 4);
      for (const end of call.ends()) await framesArrive(end);
    });
  });
});
