// What a call page does: it takes part in one call, and shows how far it is. The call itself is the service's; here is
// what this end of it knows, what its user does, and its media.

import { countSeconds } from './calling.js';
import { openCallSocket } from './call-socket.js';
import { hangUpByRequest, stopStarting } from './calls.js';
import { deviceOf } from './device.js';
import { delayNextCall } from './ending.js';
import { emit, safely } from './events.js';
import { failure } from './failure.js';
import { holdToken } from './held-token.js';
import { openMedia } from './media.js';
import { callOf, queryOf } from './page-query.js';
import { opened } from './page-options.js';
import { PARAMETER, REQUEST_FAILED } from './raised-codes.js';
import { chooseSocket } from './sockets.js';
import { targetOf } from './target.js';
import { textOf } from './text-of.js';
import { endPageOf, uiOf } from './ui.js';

/** What the original says of a side from which nothing came for a while. */
const CONNECTION_LOST = 'call interrupted due to native reason';

/** The longest reason that the service takes, in characters. */
const MAX_REASON_LENGTH = 1024;

/** The events that end a call, and what the page then shows as the reason. */
const REASONS = {
  cancelVoip: 'cancelled',
  rejectVoip: 'rejected',
  timeout: 'timeout',
  busy: 'busy',
  hangUpVoip: 'hungUp',
  abortVoip: 'aborted',
  joinFailCaller: 'joinFailed',
  joinFailListener: 'joinFailed',
  endVoip: 'aborted',
};

/** Each call has one of them, once. */
const ENDINGS = ['cancelVoip', 'rejectVoip', 'timeout', 'busy', 'hangUpVoip', 'abortVoip'];

export function openCall(core, page, options) {
  const { show, media: given } = optionsOf(core, options);
  const view = {
    state: 'idle',
    roomId: '',
    roomType: '',
    isCaller: false,
    name: '',
    muted: false,
    camera: true,
    online: false,
    keepTime: 0,
  };
  // The call as the service has described it.
  let about;
  let socket;
  let media;
  let isAnswered = false;
  let isCameraChosen = false;
  let isLeft = false;
  // What this side has heard of the end.
  let isEndHeard = false;
  let isSummedUp = false;
  let stopCounting = () => {};

  // Also after each change: who is shown it may have ended the call.
  const isOver = () => view.state === 'ended';

  const seen = () => Object.assign({}, view, { ui: uiOf(core) });
  const change = (changes) => {
    if (changes.detail !== undefined) changes.detail = core.redacted(changes.detail);
    Object.assign(view, changes);
    if (!isLeft) safely(core, () => show(seen()));
  };

  // What has ended does not begin again, whatever comes later.
  function end(reason, changes) {
    if (isOver()) return;
    stopCounting();
    media?.leave();
    if (core.current === self) core.current = undefined;
    if (core.idle === beginPlaced) core.idle = undefined;
    if (core.placed === view.roomId) core.placed = undefined;
    const streams = { localStream: undefined, remoteStream: undefined };
    change(Object.assign({ state: 'ended', online: false, reason }, streams, changes));
  }

  // Nobody is in a call of which the service has not told yet.
  function signalEnd(type, members) {
    if (about === undefined) socket?.signal(type, members);
    else delayNextCall(core, (done) => socket.signal(type, members, done));
  }

  const failed = (error, reason = 'failed') =>
    end(reason, { errCode: error?.errCode, detail: textOf(error) });

  function begin(call) {
    const { roomId, roomType, isCaller, name } = call;
    Object.assign(view, { roomId, roomType, isCaller, name });
    const target = targetOf(core, 'openCall');
    const open = chooseSocket(core, 'openCall', target.options);
    core.current?.interrupt(roomId);
    core.current = self;
    isAnswered = call.isAnswered;
    view.state = isCaller ? 'outgoing' : isAnswered ? 'joining' : 'incoming';
    // Before the view is shown: whoever is shown it may hang up at once.
    const token = holdToken(core, target.token);
    socket = openCallSocket(open, target, token, roomId, deviceOf(core), heard);
    change({});
    if (isAnswered && !isOver()) socket.signal('answer', {}, replied);
  }

  const heard = {
    opened(call) {
      const isFirst = about === undefined;
      about = call;
      core.keep(call.voipChat?.signature, ...Array.from(call.iceServers ?? [], (server) => server?.credential));
      if (isOver()) return;
      const { isCaller, roomType, callerName, listenerName, callerCameraStatus, listenerCameraStatus } = call;
      const changes = { isCaller, roomType, name: (isCaller ? listenerName : callerName) || '', online: true };
      const isOn = (isCaller ? callerCameraStatus : listenerCameraStatus) !== 1;
      // What the user chose meanwhile stays chosen.
      if (isFirst && !isCameraChosen) changes.camera = roomType === 'video' && isOn;
      // This page was loaded anew after its answer.
      if (call.state === 'waiting' || call.state === 'talking') isAnswered = true;
      // The query may have been wrong about the side.
      if (isFirst) changes.state = isCaller ? 'outgoing' : isAnswered ? 'joining' : 'incoming';
      change(changes);
      if (isOver()) return;
      if (media) media.refresh(call.iceServers, call.peerConnected === true);
      else if (call.state !== 'ended') join();
    },
    event({ eventName, data, ageMs }) {
      if (eventName === 'startVoip') start(Math.max(0, Number(ageMs) || 0));
      if (data?.keepTime !== undefined && eventName !== 'finishVoip') view.keepTime = data.keepTime;
      if (Object.prototype.hasOwnProperty.call(REASONS, eventName)) endedBy(eventName, data || {});
      if (eventName === 'endVoip') isSummedUp = true;
      else if (ENDINGS.includes(eventName)) isEndHeard = true;
      emit(core, eventName, data, view.roomId);
      if (eventName === 'finishVoip') {
        end('aborted');
        socket.close();
      }
    },
    peer: (connected) => media?.peer(connected),
    relay: (payload) => media?.receive(payload),
    away() {
      if (!isOver()) change({ online: false });
    },
    elsewhere: () => end('elsewhere'),
    refused(errCode, detail) {
      end('refused', { errCode, detail });
      endAlone();
    },
    expired() {
      end('refused', { errCode: PARAMETER, detail: 'configure.token: the session token has expired' });
      endAlone();
    },
    lost,
  };

  function start(ageMs) {
    if (isOver() || view.state === 'connected') return;
    change({ state: 'connected', startedAt: Date.now() - ageMs, keepTime: Math.floor(ageMs / 1000) });
    if (isOver()) return;
    stopCounting = countSeconds(ageMs, (keepTime) => {
      change({ keepTime });
      emit(core, 'calling', { keepTime }, view.roomId);
    });
    media?.start();
  }

  function endedBy(eventName, { status, origin, error, errMsg }) {
    const how = eventName === 'hangUpVoip' ? origin : eventName === 'abortVoip' ? undefined : status;
    end(REASONS[eventName], { origin: how, detail: error?.errMsg ?? errMsg });
  }

  function lost(why) {
    // Nobody shall wait for who is not there: the socket is not the only way to the service.
    const isCallerUnheard = about === undefined && view.isCaller;
    const hungUp = socket?.unheard('hangUp');
    if (hungUp || isCallerUnheard) hangUpByRequest(core, view.roomId, hungUp?.how);
    if (about === undefined) {
      end('failed', { errCode: REQUEST_FAILED, detail: `openCall:fail the room service could not be reached${because(why)}` });
    } else {
      const detail = `openCall:fail the room service could not be reached any more${because(why)}`;
      end('aborted', { errCode: REQUEST_FAILED, detail });
    }
    endAlone();
  }

  // The service would have said how it ended, and cannot: this end has to find out by itself.
  function endAlone() {
    if (about === undefined || isSummedUp) return;
    isSummedUp = true;
    const { roomId, isCaller, keepTime } = view;
    if (!isEndHeard) {
      const status = isCaller ? 'abortByCaller' : 'abortByListener';
      emit(core, 'abortVoip', { keepTime, status, error: { errMsg: CONNECTION_LOST } }, roomId);
    }
    const { callerName, listenerName, roomType, businessType } = about;
    emit(core, 'endVoip', { keepTime, callerName, listenerName, roomType, isCaller, businessType }, roomId);
  }

  // A caller enters the room when its page opens, a listener when it answers.
  function join() {
    if (media || about === undefined || !(view.isCaller || isAnswered)) return;
    const { roomId, groupId, businessType, callerId, listenerId, iceServers, voipChat, peerConnected } = about;
    const { roomType, isCaller, camera, muted } = view;
    const parties = { isCaller, businessType, callerId, listenerId };
    const room = { roomId, groupId, roomType, camera, muted, iceServers, voipChat, peerConnected };
    let isJoined = false;
    media = openMedia(core, given, Object.assign(room, parties), {
      joined() {
        isJoined = true;
        socket.signal('join', {}, replied);
      },
      failed(error) {
        if (isOver()) return;
        signalEnd('joinFailed', { reason: reasonOf(core, error) });
        failed(error, 'joinFailed');
      },
      send: (payload) => socket.relay(payload),
      streams: ({ local, remote }) => {
        if (!isOver()) change({ localStream: local, remoteStream: remote });
      },
      state(state) {
        if (!isOver()) change({ media: state });
      },
      camera: cameraChanged,
      aborted(reason) {
        if (isOver()) return;
        const detail = reasonOf(core, reason);
        // Who is not in the room yet has nothing to break.
        signalEnd(isJoined ? 'abort' : 'joinFailed', { reason: detail });
        end('aborted', { errCode: reason?.errCode, detail });
      },
    });
    // It has ended the call before there was anything to leave.
    if (isOver()) media.leave();
  }

  // It went off by itself, or could not be turned on.
  function cameraChanged(on, error) {
    if (!isOver()) change({ camera: on === true, detail: error && textOf(error) });
  }

  // Another device of this user was faster.
  function replied(reply) {
    if (reply !== 'elsewhere') return;
    end('elsewhere');
    socket.close();
  }

  function answer() {
    if (view.state !== 'incoming') return;
    isAnswered = true;
    change({ state: 'joining' });
    if (isOver()) return;
    socket.signal('answer', {}, replied);
    join();
  }

  function hangUp(how) {
    if (isOver() || view.state === 'idle') return;
    const reasons = { outgoing: 'cancelled', incoming: 'rejected', joining: 'rejected', connected: 'hungUp' };
    const reason = reasons[view.state];
    signalEnd('hangUp', { how });
    end(reason, { origin: how });
  }

  function leave() {
    isLeft = true;
    hangUp('unloadCallPage');
    if (view.state !== 'idle') return;
    // A call that starts is this page's, if it waits for one.
    if (core.idle === beginPlaced) stopStarting(core, 'unloadCallPage');
    end('cancelled');
  }

  // Another page of this module opens: the same call goes on there, any other one is over.
  function interrupt(roomId) {
    if (roomId !== view.roomId) return hangUp('unloadCallPage');
    end('elsewhere');
    socket?.close();
  }

  // The page was there before its call.
  function beginPlaced() {
    core.idle = undefined;
    attempt(() => begin(placedCall(core)));
  }

  function attempt(run) {
    try {
      run();
    } catch (error) {
      // A call that was placed rings, and nobody could end it any more.
      if (view.isCaller) hangUpByRequest(core, view.roomId);
      failed(error);
    }
  }

  function wait() {
    core.idle = beginPlaced;
    change({ state: 'idle' });
  }

  function tellOfBox(eventName) {
    const { callerId, listenerId } = about || {};
    emit(core, eventName, { callerId, listenerId }, view.roomId);
  }

  const self = { roomId: () => view.roomId, hangUp, interrupt, refresh: () => change({}) };

  const shown = () => emit(core, 'callPageOnShow');
  // Without one, a page that has been told of goes on with its next call.
  const isPage = page != null;
  let isWarmUp = false;
  attempt(() => {
    const query = queryOf(core, page);
    if (isPage) opened(core, page, query);
    isWarmUp = query.isPreLaunch === '1';
    const call = isWarmUp ? undefined : (callOf(core, query) ?? placedCall(core));
    if (call) begin(call);
    else wait();
  });
  // Whoever hears of it may start a call, and a warm-up starts nothing.
  if (isPage && !isWarmUp) shown();

  return {
    get view() {
      return seen();
    },
    answer,
    hangUp: () => hangUp('manual'),
    leave,
    setMuted(muted) {
      if (isOver()) return;
      change({ muted: muted === true });
      media?.setMuted(view.muted);
    },
    setCamera(on) {
      if (isOver()) return;
      isCameraChosen = true;
      change({ camera: on === true, detail: undefined });
      media?.setCamera(view.camera);
    },
    switchCamera: async () => {
      try {
        await media?.switchCamera();
      } catch (error) {
        throw core.redacted(error);
      }
    },
    showCustomBox: () => tellOfBox('showCustomBox'),
    hideCustomBox: () => tellOfBox('hideCustomBox'),
    shown,
    endPage: () => endPageOf(core),
  };
}

const because = (reason) => (reason === undefined ? '' : `: ${reason}`);

// As the service takes it: not too long, and without half a character at its end.
const reasonOf = (core, error) =>
  Array.from(core.redacted(textOf(error)), (character) => (/^[\ud800-\udfff]$/.test(character) ? '\ufffd' : character))
    .slice(0, MAX_REASON_LENGTH)
    .join('');

// A page that is opened without a query shows the call that was placed last.
function placedCall({ placed: roomId }) {
  if (roomId === undefined) return undefined;
  return { roomId, roomType: '', isCaller: true, isAnswered: false, name: '' };
}

const MEDIA = ['join', 'start', 'receive', 'peer', 'setMuted', 'setCamera', 'switchCamera', 'leave'];

function optionsOf(core, options) {
  let name = 'options';
  try {
    name = 'options.show';
    const show = options?.show;
    name = 'options.media';
    const media = options?.media ?? undefined;
    const missing = media && MEDIA.find((method) => typeof media[method] !== 'function');
    if (missing) name += `.${missing}`;
    else {
      name = 'options.show';
      if (typeof show === 'function') return { show, media };
    }
  } catch (cause) {
    throw failure(core, PARAMETER, 'openCall', `${name}: expected a function (${textOf(cause)})`, cause);
  }
  throw failure(core, PARAMETER, 'openCall', `${name}: expected a function`);
}
