// @ts-nocheck It is being rewritten.
// A call page: it takes part in one call and shows its state. The service decides about the call; this page has what
// its own side knows, what its user does, and its media.

import { answersByQuery, isTrusted } from './answered-by-query.js';
import { countSeconds } from './timer.js';
import { openCallSocket } from '../service/call-socket.js';
import { watchCall } from './watch.js';
import { hangUpByRequest, stopStarting } from './phone-calls.js';
import { beginning, keepChoice, keptChoice } from './choice.js';
import { CONNECTION_LOST } from '../generated/contract.js';
import { deviceOf } from '../service/device.js';
import { encodeVideoOf } from './encode-video.js';
import { delayNextCall } from './ending.js';
import { emit, emitOnce, safely, wasHeard } from '../base/events.js';
import { failure } from '../base/failure.js';
import { holdToken } from '../service/held-token.js';
import { keepLeft, takeLeft } from './left.js';
import { openMedia } from './media.js';
import { callOf, queryOf } from './page-query.js';
import { opened } from './page-options.js';
import { PARAMETER, REQUEST_FAILED } from '../base/raised-codes.js';
import { chooseSocket } from '../service/sockets.js';
import { targetOf } from '../service/socket-target.js';
import { textOf } from '../base/text-of.js';
import { endPageOf, uiOf } from './ui.js';

/** The length of the longest reason that the service accepts, in characters. */
const MAX_REASON_LENGTH = 1024;

/** The events that end a call, and the reason that the page then shows. */
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

/** The reason that the page shows when its user ends the call, by the state of the call. */
const BY_HAND = { outgoing: 'cancelled', incoming: 'rejected', joining: 'rejected', connected: 'hungUp' };

/** How a call is ended whose page is gone. */
const UNLOADED = 'unloadCallPage';

/**
 * @param {import('../types/core.js').Core} core
 * @param {Parameters<typeof import('../index.js').openCall>[0]} page
 * @param {import('../index.js').CallPageOptions} options
 * @returns {import('../index.js').Call}
 */
export function openCall(core, page, options) {
  const { show, media: given } = optionsOf(core, options);
  const mayAnswer = answersByQuery(core, options);
  // To say that the call is over may be the last thing that this page can do.
  core.prepare();
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
  // The call as the service has described it; undefined until then.
  let about;
  let socket;
  let connect;
  let media;
  let isAnswered = false;
  // Whether this side takes part in the call: it has answered or joined, and does not only ring.
  let isIn = false;
  // What the user has chosen in this page before the service has said how this side begins.
  let chosen = {};
  // Whether this module has made the call. The call may still be the one by which the other party has called in the
  // meantime.
  let isPlaced = false;
  let isLeft = false;
  let left;
  let stopCounting = () => {};
  let stopWatching = () => {};
  // Whether the user continues the call here. It may then be running in another page of this device, even if this page
  // cannot reach the service.
  let isContinued = false;

  // This is also asked after each change of the view, because the code that is shown the view may end the call.
  const isOver = () => view.state === 'ended';

  const seen = () => Object.assign({}, view, { ui: uiOf(core) });
  const change = (changes) => {
    if (changes.detail !== undefined) changes.detail = core.redacted(changes.detail);
    Object.assign(view, changes);
    if (!isLeft) safely(core, () => show(seen()));
  };

  // Ends the call for this page, and for the module if it has made the call. A call that has ended does not begin
  // again, whatever comes later.
  function end(reason, changes) {
    if (isOver()) return;
    if (core.placed === view.roomId) core.placed = undefined;
    letGo(reason, changes);
  }

  // Ends the call for this page only. Another page may go on with it.
  function letGo(reason, changes) {
    if (isOver()) return;
    stopCounting();
    media?.leave();
    if (core.current === self) core.current = undefined;
    if (core.idle === beginPlaced) core.idle = undefined;
    const streams = { localStream: undefined, remoteStream: undefined };
    const problems = { cameraProblem: undefined, microphoneProblem: undefined };
    change(Object.assign({ state: 'ended', online: false, reason }, streams, problems, changes));
  }

  // Notes a change of the microphone or the camera, whether the user made it or not. It stays when the call is opened
  // again.
  function choose(changes) {
    change(changes);
    if (isOver()) return;
    if (view.roomId !== '') keepChoice(core, view);
    tellChoice();
  }

  // The service keeps the choice only of a side that takes part.
  function tellChoice() {
    if (isIn) socket.choose(view);
  }

  function takePart(type) {
    socket.signal(type, {}, replied);
    isIn = true;
    tellChoice();
  }

  // Until the service has described the call, nobody is in it, so the next call need not wait.
  function signalEnd(type, members) {
    if (about === undefined) socket?.signal(type, members);
    else delayNextCall(core, (done) => socket.signal(type, members, done));
  }

  const failed = (error, reason = 'failed') =>
    end(reason, { errCode: codeOf(error), detail: textOf(error) });

  function begin(call) {
    const { roomId, roomType, isCaller, name } = call;
    Object.assign(view, { roomId, roomType, isCaller, name });
    const target = targetOf(core, 'openCall');
    const open = chooseSocket(core, 'openCall', target.options);
    // The page that has had the call ends and clears `core.placed`, so that is read first.
    isPlaced = isCaller && roomId === core.placed;
    const interrupted = core.current?.interrupt(roomId);
    const before = takeLeft(core, roomId) ?? interrupted;
    core.forgo?.();
    core.current = self;
    // What the user has done on another page of this module stays done.
    isAnswered = call.isAnswered || (!isCaller && before?.isAnswered === true);
    Object.assign(view, keptChoice(core, view), chosen);
    view.state = isCaller ? 'outgoing' : isAnswered ? 'joining' : 'incoming';
    // This comes before the view is shown, because the code that is shown it may hang up at once.
    const token = holdToken(core, target.token);
    connect = () => {
      socket = openCallSocket(open, target, token, roomId, deviceOf(core), heard);
    };
    connect();
    change({});
    if (isAnswered && !isOver()) takePart('answer');
  }

  const givenUp = () => {
    socket?.close();
    return { isAnswered };
  };

  const heard = {
    opened(call) {
      const isFirst = about === undefined;
      about = call;
      isContinued = false;
      core.keep(call.voipChat?.signature, ...Array.from(call.iceServers ?? [], (server) => server?.credential));
      if (isOver()) return;
      const { isCaller, roomType, callerName, listenerName } = call;
      const changes = { isCaller, roomType, name: (isCaller ? listenerName : callerName) || '', online: true };
      // The page was loaded anew after the call was answered.
      if (call.state === 'waiting' || call.state === 'talking') isAnswered = true;
      // The two parties have called each other: by making its own call, this side has answered the other one's.
      const isTaken = isFirst && isPlaced && !isCaller && call.state === 'ringing';
      if (isTaken) isAnswered = true;
      // What the user has chosen in the meantime stays. If the other party's call only rang before, nothing was chosen
      // for this one.
      if (isFirst) Object.assign(changes, beginning(call, isTaken ? undefined : keptChoice(core, call)), chosen);
      // The query may have named the wrong side.
      if (isFirst) changes.state = isCaller ? 'outgoing' : isAnswered ? 'joining' : 'incoming';
      choose(changes);
      if (isOver()) return;
      if (isTaken) takePart('answer');
      if (media) media.refresh(call.iceServers, call.peerConnected === true);
      else if (call.state !== 'ended') join();
    },
    event({ eventName, data, ageMs }) {
      if (eventName === 'startVoip') start(Math.max(0, Number(ageMs) || 0));
      if (data?.keepTime !== undefined && eventName !== 'finishVoip') view.keepTime = data.keepTime;
      if (Object.prototype.hasOwnProperty.call(REASONS, eventName)) endedBy(eventName, data || {});
      emitOnce(core, eventName, data, view.roomId);
      if (eventName === 'finishVoip') {
        end('aborted');
        socket.close();
      }
    },
    peer: (connected) => media?.peer(connected),
    relay: (payload) => media?.receive(payload),
    // The other side has called in the meantime, and its request turns this camera off.
    cameraOff() {
      if (isOver() || chosen.camera !== undefined || !view.camera) return;
      choose({ camera: false });
      media?.setCamera(false);
    },
    away() {
      if (!isOver()) change({ online: false });
    },
    elsewhere(canTake) {
      if (canTake) stepAside();
      else end('elsewhere');
    },
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
      emitOnce(core, 'calling', { keepTime }, view.roomId);
    });
    media?.start();
  }

  function endedBy(eventName, { status, origin, error, errMsg }) {
    const how = eventName === 'hangUpVoip' ? origin : eventName === 'abortVoip' ? undefined : status;
    end(REASONS[eventName], { origin: how, detail: error?.errMsg ?? errMsg });
  }

  function lost(why) {
    // The other party should not wait for a side that is gone, so it is told by a request when the socket is not
    // available.
    const isCallerUnheard = about === undefined && view.isCaller && !isContinued;
    const hungUp = socket?.unheard('hangUp');
    if (hungUp || isCallerUnheard) hangUpByRequest(core, view.roomId, hungUp?.how, view.isCaller);
    if (about === undefined) {
      end('failed', { errCode: REQUEST_FAILED, detail: `openCall:fail the room service could not be reached${because(why)}` });
    } else {
      const detail = `openCall:fail the room service could not be reached any more${because(why)}`;
      end('aborted', { errCode: REQUEST_FAILED, detail });
    }
    endAlone();
  }

  // The service can no longer say how the call ended, so this page makes the last events itself.
  function endAlone() {
    if (about === undefined || wasHeard(core, 'endVoip', view.roomId)) return;
    const { roomId, isCaller, keepTime } = view;
    const status = isCaller ? 'abortByCaller' : 'abortByListener';
    emitOnce(core, 'abortVoip', { keepTime, status, error: { errMsg: CONNECTION_LOST } }, roomId);
    const { callerName, listenerName, roomType, businessType } = about;
    emitOnce(core, 'endVoip', { keepTime, callerName, listenerName, roomType, isCaller, businessType }, roomId);
  }

  // A caller enters the room when its page opens, a listener when it answers.
  function join() {
    if (media || about === undefined || !(view.isCaller || isAnswered)) return;
    const { roomId, groupId, businessType, callerId, listenerId, iceServers, voipChat, peerConnected } = about;
    const { roomType, isCaller, camera, muted } = view;
    const parties = { isCaller, businessType, callerId, listenerId, encodeVideo: encodeVideoOf(about) };
    const room = { roomId, groupId, roomType, camera, muted, iceServers, voipChat, peerConnected };
    let isJoined = false;
    media = openMedia(core, given, Object.assign(room, parties), {
      joined() {
        isJoined = true;
        takePart('join');
      },
      failed(error) {
        if (isOver()) return;
        signalEnd('joinFailed', failureOf(core, error));
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
      microphone: microphoneChanged,
      aborted(reason) {
        if (isOver()) return;
        const detail = reasonOf(core, reason);
        // A side that is not in the room yet has not aborted, but failed to join.
        if (isJoined) signalEnd('abort', { reason: detail });
        else signalEnd('joinFailed', failureOf(core, reason));
        end('aborted', { errCode: codeOf(reason), detail });
      },
    });
    // Joining may have ended the call before there was anything to leave.
    if (isOver()) media.leave();
  }

  // The camera went off or on by itself, or could not be turned on. A camera that the user has turned off has no
  // problem.
  function cameraChanged(on, error) {
    if (isOver() || (on !== true && !view.camera)) return;
    choose({ camera: on === true, cameraProblem: on === true ? undefined : problemOf(core, error) });
  }

  function microphoneChanged(on, error) {
    if (!isOver()) change({ microphoneProblem: on === true ? undefined : problemOf(core, error) });
  }

  // Another device of this user has answered first.
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
    takePart('answer');
    join();
  }

  // This module has made a call to the party whose call rings here, and the two have met. How this side begins has
  // changed by that, so the socket is opened again.
  function take() {
    if (view.state !== 'incoming') return;
    isPlaced = true;
    about = undefined;
    socket.close();
    connect();
  }

  function hangUp(how) {
    left?.end(how);
    if (isOver() || view.state === 'idle') return;
    const reason = BY_HAND[view.state];
    signalEnd('hangUp', { how });
    end(reason, { origin: how });
  }

  // Another page of this device has the call. As long as the call runs, the user may want it back here.
  function stepAside() {
    if (isOver()) return;
    const stop = watchCall(core, view.roomId, () => {
      stopWatching();
      change({});
    });
    // This comes before the view is shown, because the code that is shown it may take the call back at once.
    stopWatching = core.forgo = () => {
      stop();
      view.canContinue = false;
      if (core.forgo === stopWatching) core.forgo = undefined;
    };
    end('elsewhere', { canContinue: true });
  }

  function continueHere() {
    if (!view.canContinue) return;
    stopWatching();
    const { roomId, roomType, isCaller, name } = view;
    about = media = undefined;
    chosen = {};
    isIn = false;
    isContinued = true;
    Object.assign(view, { state: 'joining', reason: undefined, media: undefined });
    try {
      begin({ roomId, roomType, isCaller, isAnswered: !isCaller, name });
    } catch (error) {
      failed(error);
    }
  }

  // The page is gone. Another page may come in its place.
  function leave() {
    isLeft = true;
    stopWatching();
    if (isOver()) return;
    const { roomId, state } = view;
    if (state === 'idle') {
      leaveWaiting();
      return;
    }
    letGo(BY_HAND[state], { origin: UNLOADED });
    const sayEnd = (how = UNLOADED) => {
      if (core.placed === roomId) core.placed = undefined;
      if (wasHeard(core, 'endVoip', roomId)) return;
      signalEnd('hangUp', { how });
      // The other party should not wait until the socket is open again.
      if (!socket.isReady()) hangUpByRequest(core, roomId, how, view.isCaller);
    };
    left = keepLeft(core, { roomId, end: sayEnd, take: givenUp });
  }

  // A call that is starting belongs to this page, if the page waits for one.
  function leaveWaiting() {
    const stops = core.idle === beginPlaced ? Array.from(core.starting) : [];
    const { placed } = core;
    end('cancelled');
    if (stops.length === 0) return;
    const stop = () => {
      stopStarting(core, UNLOADED, stops);
      // The call was made in the meantime, and no page has taken it.
      if (core.placed === undefined || core.placed === placed) return;
      hangUpByRequest(core, core.placed, UNLOADED);
      core.placed = undefined;
    };
    left = keepLeft(core, { end: stop, take() {} });
  }

  function unload() {
    leave();
    left?.end();
  }

  // Another page of this module opens. It goes on with the same call; any other call is hung up.
  function interrupt(roomId) {
    if (roomId !== view.roomId) {
      hangUp(UNLOADED);
      return undefined;
    }
    letGo('elsewhere');
    return givenUp();
  }

  // A query may say that its call was answered only if no stranger can have written the query.
  function calledBy(query) {
    const call = callOf(core, query);
    if (call && !mayAnswer && !isTrusted(core, call.roomId)) call.isAnswered = false;
    return call;
  }

  // The page was opened before its call was made.
  function beginPlaced() {
    core.idle = undefined;
    attempt(() => begin(placedCall(core)));
  }

  function attempt(run) {
    try {
      run();
    } catch (error) {
      // The call that this module has made rings, and no page could end it.
      if (view.isCaller) hangUpByRequest(core, view.roomId);
      failed(error);
    }
  }

  function wait() {
    takeLeft(core, undefined);
    core.idle = beginPlaced;
    change({ state: 'idle' });
  }

  function tellOfBox(eventName) {
    const { callerId, listenerId } = about || {};
    emit(core, eventName, { callerId, listenerId }, view.roomId);
  }

  const isFrom = (id) => view.state === 'incoming' && id !== undefined && about?.callerId === id;
  const self = { roomId: () => view.roomId, isFrom, take, hangUp, interrupt, refresh: () => change({}) };

  const shown = () => {
    socket?.returned();
    emit(core, 'callPageOnShow');
  };
  // Without a path or a query this is the next call of a page that was opened before, so that page's query stays.
  const isPage = page != null;
  let isWarmUp = false;
  attempt(() => {
    const query = queryOf(core, page);
    if (isPage) opened(core, page, query);
    isWarmUp = query.isPreLaunch === '1';
    const call = isWarmUp ? undefined : (calledBy(query) ?? placedCall(core));
    if (call) begin(call);
    else wait();
  });
  // A listener of this event may start a call, and a page that was only preloaded must not start one.
  if (isPage && !isWarmUp) shown();

  return {
    get view() {
      return seen();
    },
    answer,
    hangUp: () => hangUp('manual'),
    continueHere,
    leave,
    unload,
    setMuted(muted) {
      if (isOver()) return;
      chosen.muted = muted === true;
      choose({ muted: chosen.muted });
      media?.setMuted(view.muted);
    },
    setCamera(on) {
      if (isOver()) return;
      chosen.camera = on === true;
      choose({ camera: chosen.camera, cameraProblem: undefined });
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

// The text of an error as the service accepts it: not too long, and without half of a character.
const reasonOf = (core, error) =>
  Array.from(core.redacted(textOf(error)), (character) => (/^[\ud800-\udfff]$/.test(character) ? '\ufffd' : character))
    .slice(0, MAX_REASON_LENGTH)
    .join('');

// The failure to enter a room, as the service is told it. It accepts a code as an unsigned integer of 32 bits.
function failureOf(core, error) {
  const code = codeOf(error);
  return { reason: reasonOf(core, error), errCode: code >>> 0 === code ? code : undefined };
}

const problemOf = (core, error) =>
  error == null ? undefined : { errCode: codeOf(error), detail: core.redacted(textOf(error)) };

// The errCode of a host's error, which may be any value.
function codeOf(error) {
  try {
    const errCode = error?.errCode;
    return Number.isInteger(errCode) ? errCode : undefined;
  } catch {
    return undefined;
  }
}

// The call that this module has made last. A page that is opened without a query shows it.
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
