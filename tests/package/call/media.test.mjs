// The media of a call: when it is asked for what, whatever the host has brought.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';

import { configured } from '../../support/fakes.mjs';
import { fakeMedia } from '../../support/fake-media.mjs';
import { fakeSockets, openedCall } from '../../support/fake-sockets.mjs';
import { freshModule } from '../../support/module.mjs';
import { settle } from '../../support/settle.mjs';

const CALLER = '?isCaller=1&roomType=video&groupId=room-1';
const LISTENER = '?roomType=video&groupId=room-1';

function opened(page, media = fakeMedia(), changes) {
  const fake = fakeSockets();
  const module = configured(freshModule(), { fetch() {}, WebSocket: fake.hosts.WebSocket.WebSocket });
  const call = module.openCall(page, { show() {}, media });
  const [socket] = fake.sockets;
  socket.open();
  socket.say(openedCall({ isCaller: page === CALLER, ...changes }));
  let seq = 0;
  const tell = (eventName, data = {}) => socket.say({ type: 'event', seq: (seq += 1), ageMs: 0, eventName, data });
  const types = () => socket.sent.map(({ type }) => type);
  return { module, call, media, socket, tell, types, fake };
}

describe('the media of a call', { timeout: 30_000 }, () => {
  it('enters the room with what the service and the user have said, and starts once both are in', async () => {
    const iceServers = [{ urls: ['stun:stun.test'] }];
    const voipChat = { groupId: 'room-1', nonceStr: 'n', timeStamp: 1, signature: 's' };
    const encoding = {
      encodeVideoFixedLength: 320,
      encodeVideoRotation: 1,
      encodeVideoRatio: 75.5,
      encodeVideoMaxFPS: 0,
    };
    const { call, media, socket, tell, types } = opened(CALLER, undefined, {
      iceServers,
      voipChat,
      peerConnected: true,
      ...encoding,
    });
    const { send, onStreams, onState, onCamera, onMicrophone, onAbort, ...room } = media.room;
    const encodeVideo = { fixedLength: 320, rotation: 1, ratio: 75.5, maxFPS: 0 };
    const said = {
      roomType: 'video',
      isCaller: true,
      camera: true,
      muted: false,
      iceServers,
      voipChat,
      peerConnected: true,
      encodeVideo,
    };
    const parties = { businessType: 1, callerId: 'SN-1', listenerId: 'open-id' };
    assert.deepEqual(room, { roomId: 'room-1', groupId: 'room-1', ...parties, ...said });
    assert.deepEqual(types(), []);
    media.ready();
    await settle();
    assert.deepEqual([types(), media.asked], [['join'], ['join']]);
    tell('startVoip');
    assert.deepEqual(media.asked, ['join', 'start']);
    send('an offer');
    assert.deepEqual(socket.sent.at(-1), { type: 'relay', payload: 'an offer' });
    socket.say({ type: 'relay', payload: 'an answer' });
    socket.say({ type: 'peer', connected: false });
    call.setMuted(true);
    call.setCamera(false);
    await call.switchCamera();
    const rest = ['receive an answer', 'peer false', 'setMuted true', 'setCamera false', 'switchCamera'];
    assert.deepEqual(media.asked.slice(2), rest);
    onStreams({ local: 1, remote: 2 });
    onState('connected');
    const { localStream, remoteStream, media: state, muted, camera } = call.view;
    assert.deepEqual([localStream, remoteStream, state, muted, camera], [1, 2, 'connected', true, false]);
    onCamera(true);
    assert.equal(call.view.camera, true);
    onCamera(false, new Error('unplugged'));
    assert.deepEqual([call.view.camera, call.view.cameraProblem], [false, { errCode: undefined, detail: 'unplugged' }]);
    onMicrophone(false, 'unplugged, too');
    assert.deepEqual(call.view.microphoneProblem, { errCode: undefined, detail: 'unplugged, too' });
    assert.equal(call.view.detail, undefined);
    tell('hangUpVoip', { keepTime: 1, status: 'endByListener', origin: 'other' });
    assert.equal(media.asked.at(-1), 'leave');
    assert.equal(call.view.localStream, undefined);
    assert.deepEqual([call.view.cameraProblem, call.view.microphoneProblem], [undefined, undefined]);
    onStreams({ local: 3 });
    onCamera(true);
    onMicrophone(false, 'late');
    onState('failed');
    onAbort('late');
    send('late');
    tell('endVoip');
    tell('finishVoip', { keepTime: 1 });
    assert.deepEqual(
      media.asked.filter((name) => name === 'leave'),
      ['leave'],
      'once',
    );
    assert.equal(call.view.localStream, undefined);
    assert.deepEqual(types(), ['join', 'relay']);
    assert.equal(call.view.microphoneProblem, undefined);
  });

  it('goes on without a camera, and the view says why until the user has it otherwise', async () => {
    const { module, call, media, types } = opened(CALLER);
    const { onCamera } = media.room;
    const problem = (errCode, reason) =>
      new module.VoipJoinError(errCode, `webRtcMedia:fail ${reason}`, 'NotAllowedError', 0);
    const of = ({ camera, cameraProblem }) => [camera, cameraProblem];
    onCamera(false, problem(2102, 'refused'));
    media.ready();
    await settle();
    assert.deepEqual(of(call.view), [false, { errCode: 2102, detail: 'webRtcMedia:fail refused' }]);
    assert.deepEqual([call.view.state, types()], ['outgoing', ['join']]);
    // What is off by the user's wish has no problem.
    call.setCamera(false);
    assert.deepEqual(of(call.view), [false, undefined]);
    onCamera(false, problem(2007, 'unplugged'));
    assert.deepEqual(of(call.view), [false, undefined]);
    media.setCamera = async () => {
      throw problem(2007, 'in use');
    };
    call.setCamera(true);
    assert.deepEqual(of(call.view), [true, undefined]);
    await settle();
    assert.deepEqual(of(call.view), [false, { errCode: 2007, detail: 'webRtcMedia:fail in use' }]);
    onCamera(true);
    assert.deepEqual(of(call.view), [true, undefined]);
    onCamera(false);
    assert.deepEqual(of(call.view), [false, undefined], 'a host that says nothing has no problem');
  });

  it('says why nothing is heard of it until something is', () => {
    const { module, call, media } = opened(CALLER);
    const { onMicrophone } = media.room;
    onMicrophone(false, new module.VoipJoinError(2007, 'webRtcMedia:fail there is no microphone', 'gone', 0));
    assert.deepEqual(call.view.microphoneProblem, { errCode: 2007, detail: 'webRtcMedia:fail there is no microphone' });
    assert.deepEqual([call.view.muted, call.view.state], [false, 'outgoing']);
    onMicrophone(true);
    assert.equal(call.view.microphoneProblem, undefined);
  });

  it('may bring any error, of which only a code that is one goes to the service', async () => {
    const throwing = {
      get errCode() {
        throw new Error('no code');
      },
      get message() {
        throw new Error('no message');
      },
    };
    for (const [error, errCode, sent] of [
      [{ errCode: 2007, errMsg: 'e' }, 2007, 2007],
      [{ errCode: -1000, errMsg: 'e' }, -1000, undefined],
      [{ errCode: 2 ** 32, errMsg: 'e' }, 2 ** 32, undefined],
      [{ errCode: 0.5, errMsg: 'e' }, undefined, undefined],
      [{ errCode: '2007', errMsg: 'e' }, undefined, undefined],
      [throwing, undefined, undefined],
      ['e', undefined, undefined],
      [undefined, undefined, undefined],
      [null, undefined, undefined],
    ]) {
      const { call, media, socket } = opened(CALLER);
      media.refuse(error);
      await settle();
      assert.equal(call.view.reason, 'joinFailed');
      assert.deepEqual([call.view.errCode, socket.sent[0].type, socket.sent[0].errCode], [errCode, 'joinFailed', sent]);
      const other = opened(CALLER);
      other.media.room.onCamera(false, error);
      const expected = error == null ? undefined : errCode;
      assert.equal(other.call.view.cameraProblem?.errCode, expected);
      assert.equal(other.call.view.state, 'outgoing');
    }
  });

  it('of the other side has no microphone: the view says so in the words of the service', () => {
    const { call, tell } = opened(CALLER);
    const detail = 'the other side cannot use its microphone';
    tell('abortVoip', { keepTime: 0, status: 'unknown', error: { errMsg: detail } });
    assert.deepEqual([call.view.reason, call.view.detail], ['aborted', detail]);
  });

  it('of a listener enters the room at the tap, and not before', async () => {
    const { call, media, types } = opened(LISTENER);
    assert.deepEqual(media.asked, []);
    call.setCamera(false);
    call.setMuted(true);
    call.answer();
    assert.deepEqual(media.asked, ['join'], 'a browser opens a camera in the handler of a tap');
    assert.deepEqual([media.room.camera, media.room.muted, media.room.isCaller], [false, true, false]);
    assert.equal(media.room.encodeVideo, undefined, 'the caller has not said so');
    assert.deepEqual(types(), ['answer']);
    media.ready();
    await settle();
    assert.deepEqual(types(), ['answer', 'join']);
  });

  it('has its camera off where the call says so', () => {
    const off = (page, changes) => opened(page, undefined, changes).call.view.camera;
    assert.equal(off(CALLER, { callerCameraStatus: 1 }), false);
    assert.equal(off(CALLER, { listenerCameraStatus: 1 }), true);
    assert.equal(off(LISTENER, { listenerCameraStatus: 1 }), false);
    assert.equal(off(CALLER, { roomType: 'voice' }), false);
  });

  it('that cannot enter the room ends the call', async () => {
    const { module, call, media, socket } = opened(CALLER);
    media.refuse(new module.VoipJoinError(2102, 'join:fail the microphone is not allowed', 'NotAllowedError', 1));
    await settle();
    const failed = { id: 1, type: 'joinFailed', reason: 'join:fail the microphone is not allowed', errCode: 2102 };
    assert.deepEqual(socket.sent, [failed]);
    const { state, reason, errCode, detail } = call.view;
    assert.deepEqual([state, reason, errCode, detail], ['ended', 'joinFailed', 2102, failed.reason]);
    assert.equal(media.asked.at(-1), 'leave');
  });

  it('that throws at once, or is broken off by its host, ends the call', async () => {
    const throwing = Object.assign(fakeMedia(), {
      join() {
        throw new Error('x'.repeat(2000));
      },
    });
    const one = opened(CALLER, throwing);
    await settle();
    assert.equal(one.socket.sent[0].reason.length, 1024);
    assert.equal(one.call.view.reason, 'joinFailed');

    const two = opened(CALLER);
    two.media.ready();
    await settle();
    two.media.room.onAbort('the phone rang');
    assert.deepEqual(two.socket.sent.at(-1), { id: 2, type: 'abort', reason: 'the phone rang' });
    assert.deepEqual([two.call.view.state, two.call.view.reason], ['ended', 'aborted']);

    const three = opened(CALLER);
    three.media.ready();
    await settle();
    three.media.room.onAbort(new three.module.VoipJoinError(2100, 'in comming call', 'in comming call', -5));
    assert.deepEqual(three.socket.sent.at(-1), { id: 2, type: 'abort', reason: 'in comming call' });
    const { reason, errCode, detail } = three.call.view;
    assert.deepEqual([reason, errCode, detail], ['aborted', 2100, 'in comming call']);
  });

  it('that breaks before this end is in the room could not join it', async () => {
    for (const [isReady, type] of [
      [false, 'joinFailed'],
      [true, 'abort'],
    ]) {
      const { media, socket, call } = opened(CALLER);
      if (isReady) {
        media.ready();
        await settle();
      }
      media.room.onAbort(`${'x'.repeat(1023)}\u{1f600}\ud83d`);
      assert.deepEqual([socket.sent.at(-1).type, call.view.state], [type, 'ended']);
      assert.equal(
        socket.sent.at(-1).reason,
        `${'x'.repeat(1023)}\u{1f600}`,
        'whole characters, as many as it may have',
      );
    }
  });

  it('that is ready too late is left alone', async () => {
    const { call, media, types } = opened(CALLER);
    call.hangUp();
    assert.deepEqual(media.asked, ['join', 'leave']);
    media.ready();
    await settle();
    assert.deepEqual(types(), ['hangUp']);
  });

  it('starts when it is ready, where its page was loaded anew in the middle of a call', async () => {
    const { media, tell } = opened(CALLER, undefined, { state: 'talking' });
    tell('startVoip');
    assert.deepEqual(media.asked, ['join']);
    media.ready();
    await settle();
    assert.deepEqual(media.asked, ['join', 'start']);
  });

  it('is entered once, and hears of the other side again after a reconnection', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { media, socket, fake } = opened(CALLER);
      socket.end();
      mock.timers.tick(1000);
      const [, again] = fake.sockets;
      again.open();
      const iceServers = [{ urls: ['turn:turn.test'], username: 'fresh', credential: 'c' }];
      again.say(openedCall({ peerConnected: true, iceServers }));
      assert.deepEqual([media.asked, media.room.iceServers], [['join', 'peer true'], iceServers]);
    } finally {
      mock.timers.reset();
    }
  });

  it('has the relays of the answer before it starts, and those that are renewed, and looks for no other way by that', async () => {
    const { call, media, socket, tell } = opened(CALLER, undefined, { peerConnected: true });
    const relay = (credential) => [{ urls: ['turn:turn.test'], username: 'u', credential }];
    media.ready();
    await settle();
    for (const [state, credential] of [
      ['waiting', 'secret-of-the-answer'],
      ['talking', 'secret-of-the-renewal'],
    ]) {
      socket.say(openedCall({ state, peerConnected: true, iceServers: relay(credential) }));
      assert.deepEqual(media.room.iceServers, relay(credential));
      if (state === 'waiting') tell('startVoip');
    }
    assert.deepEqual(media.asked, ['join', 'start']);
    socket.say({ type: 'refused', errcode: 9, errmsg: 'no secret-of-the-renewal' });
    assert.match(call.view.detail, /no \*\*\*/);
  });

  it('that throws where it should not is reported, and does no harm', async () => {
    const media = fakeMedia();
    const { call } = opened(CALLER, media);
    media.setMuted = () => {
      throw new Error('no microphone');
    };
    media.switchCamera = () => Promise.reject(new Error('no camera'));
    const told = mock.method(console, 'error', () => {});
    call.setMuted(true);
    assert.match(String(told.mock.calls[0].arguments[0]), /no microphone/);
    told.mock.restore();
    assert.equal(call.view.muted, true);
    await assert.rejects(call.switchCamera(), /no camera/);
    media.setCamera = () => Promise.reject(new Error('in use'));
    call.setCamera(true);
    await settle();
    assert.deepEqual([call.view.camera, call.view.cameraProblem], [false, { errCode: undefined, detail: 'in use' }]);
  });
});
