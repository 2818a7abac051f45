// Runs the call of a page: has step.js say what becomes of it whenever something happens, and does what it says. What
// cannot be plain data is kept here: the socket, the media, the timers.

import { keepChoice, keptChoice } from './choice.js';
import { emit, emitOnce, hasEnded, safely } from '../base/events.js';
import { faultOf } from './faults.js';
import { deviceOf } from '../service/device.js';
import { isOver, UNLOADED } from './ends.js';
import { holdToken } from '../service/held-token.js';
import { keepLeft, takeLeft } from './left.js';
import { openCallSocket } from '../service/call-socket.js';
import { openMedia } from './media.js';
import { placedCall } from './page-query.js';
import { hangUpByRequest, stopStarting } from './phone-calls.js';
import { chooseSocket } from '../service/sockets.js';
import { socketEvents } from './socket-events.js';
import { targetOf } from '../service/socket-target.js';
import { WAITING } from './state.js';
import { step } from './step.js';
import { countSeconds } from './timer.js';
import { endPageOf, uiOf } from './ui.js';
import { watchCall } from './watch.js';

/** @import { Call, CallPageOptions, CallView, Media } from '../index.js' */
/** @import { CallSocket, JoinedCall } from '../types/call-socket.js' */
/** @import { Core, HowEnded, LeftPage, OpenedCall, OpenPage } from '../types/core.js' */
/** @import { OpenedMedia } from './media.js' */
/** @import { Effect, Event, State, ValuesOf } from './state.js' */

/**
 * @param {Core} core
 * @param {CallPageOptions['show']} show is given what the page shows
 * @param {Media | null | undefined} given the host's media, if there are any
 */
export function runCall(core, show, given) {
  /** @type {State} */
  let state = WAITING;
  /** @type {Pick<CallView, 'localStream' | 'remoteStream'> | undefined} what the media give to be shown */
  let streams;
  /** @type {() => CallSocket} opens the socket of the call */
  let connect;
  /** @type {CallSocket} undefined until the call begins */
  let socket;
  /** @type {OpenedMedia | undefined} */
  let media;
  /** @type {LeftPage | undefined} the page, once it was left */
  let left;
  let stopCounting = () => {};
  /** @type {() => void} */
  let stopWatching;
  // Another call begins, so the user cannot take back the one that is watched.
  const forgo = () => happened('forgo');

  /**
   * Goes on with what an event makes of the state. The code that is shown the call, or that hears of an effect in another
   * way, may have the next event happen before all effects of this one are done.
   *
   * @param {Event} event
   */
  function happened(...event) {
    const after = step(state, event);
    state = after.state;
    for (const [type, ...values] of after.effects) {
      /** @type {any} The values are those of its effect. */
      const does = effects[type];
      does(...values);
    }
  }

  /** @returns {CallView} */
  const view = () => Object.assign({}, state.view, streams, { ui: uiOf(core) });

  /** @type {{ [Type in Effect[0]]: (...values: ValuesOf<Effect, Type>) => void }} How each effect is done. */
  const effects = {
    show(...then) {
      safely(core, () => show(view()));
      if (then.length > 0) happened(.../** @type {Event} */ (then));
    },

    open() {
      const { roomId, isCaller } = state.view;
      const target = targetOf(core, 'openCall');
      const open = chooseSocket(core, 'openCall', target.options);
      // The page that has had the call ends and clears `core.placed`, so that is read first.
      const isPlaced = isCaller && roomId === core.placed;
      const before = core.current?.interrupt(roomId);
      const isAnswered = takeLeft(core, roomId) || before;
      if (core.forgo) core.forgo();
      const token = holdToken(core, target.token);
      connect = () => openCallSocket(open, target, token, roomId, deviceOf(core), heard, core.page);
      happened('begin', isPlaced, isAnswered, keptChoice(core, state.view));
    },
    connect() {
      core.current = self;
      socket = connect();
    },
    takePart(signal) {
      socket.signal(signal, {}, (reply) => happened('replied', reply));
    },
    socket: (method, ...values) => /** @type {any} */ (socket)?.[method](...values),
    signalEnd(signal, members, isDelaying) {
      /** @param {() => void} [done] */
      const tell = (done) => socket?.signal(signal, members, done);
      if (isDelaying) core.delayNextCall(tell);
      else tell();
    },
    hangUpByRequest: (how) => hangUpByRequest(core, state.view.roomId, how, state.view.isCaller),

    enter() {
      media = openMedia(core, given, state, happened, {
        send: (payload) => socket.relay(payload),
        streams({ local, remote }) {
          if (isOver(state)) return;
          streams = { localStream: local, remoteStream: remote };
          happened('refresh');
        },
      });
      // Joining may have ended the call before there was anything to leave.
      if (isOver(state)) media.leave();
    },
    media: (method, ...values) => /** @type {any} */ (media)?.[method](...values),
    keepChoice: () => keepChoice(core, state.view),

    count(ageMs) {
      stopCounting = countSeconds(ageMs, (keepTime) => happened('tick', keepTime));
    },
    emit: (eventName, data) => emitOnce(core, eventName, data, state.view.roomId),

    forget() {
      if (core.placed === state.view.roomId) core.placed = undefined;
    },
    release() {
      stopCounting();
      media?.leave();
      streams = { localStream: undefined, remoteStream: undefined };
      if (core.current === self) core.current = undefined;
      if (core.idle === begin) core.idle = undefined;
    },

    watch() {
      stopWatching = watchCall(core, state.view.roomId, () => happened('forgo', true));
      core.forgo = forgo;
    },
    unwatch() {
      stopWatching();
      if (core.forgo === forgo) core.forgo = undefined;
    },

    keepLeft() {
      const { roomId } = state.view;
      /** @param {HowEnded} [how] */
      const end = (how = UNLOADED) => happened('gone', how, hasEnded(core, roomId), socket.isReady());
      left = keepLeft(core, { roomId, end, take: givenUp });
    },
    // A call that is starting belongs to this page, if the page waits for one.
    keepWaiting() {
      const stops = core.idle === begin ? Array.from(core.starting) : [];
      const { placed } = core;
      if (stops.length === 0) return;
      const end = () => {
        stopStarting(core, UNLOADED, stops);
        // The call was made in the meantime, and no page has taken it.
        if (core.placed === undefined || core.placed === placed) return;
        hangUpByRequest(core, core.placed, UNLOADED);
        core.placed = undefined;
      };
      left = keepLeft(core, { roomId: undefined, end, take() {} });
    },
  };

  const heard = socketEvents(core, happened, () => media);

  function givenUp() {
    happened('replaced');
    return state.isAnswered;
  }

  /** @param {OpenedCall} call */
  const found = (call) => happened('found', call);

  function wait() {
    takeLeft(core, undefined);
    core.idle = begin;
    happened('refresh');
  }

  // The page was opened before its call was made. It begins because there is one now.
  function begin() {
    core.idle = undefined;
    attempt(() => found(/** @type {OpenedCall} */ (placedCall(core))));
  }

  /**
   * Does what has the call begin, and ends the call if that throws.
   *
   * @param {() => void} run
   */
  function attempt(run) {
    try {
      run();
    } catch (error) {
      happened('failed', faultOf(core, error));
    }
  }

  /** @param {HowEnded} how */
  function hangUp(how) {
    left?.end(how);
    happened('hangUp', how);
  }

  /** @type {OpenPage} What the module does with the page whose call is open. */
  const self = {
    roomId: () => state.view.roomId,
    isFrom: (id) => state.view.state === 'incoming' && id !== undefined && parties().callerId === id,
    take: () => happened('take'),
    hangUp,
    // Another page of this module opens. It goes on with the same call; any other call is hung up.
    interrupt(roomId) {
      if (roomId === state.view.roomId) return givenUp();
      hangUp(UNLOADED);
      return undefined;
    },
    refresh: () => happened('refresh'),
  };

  /** @returns {Partial<JoinedCall>} nobody until the service has described the call */
  const parties = () => state.about || {};

  /** @param {'showCustomBox' | 'hideCustomBox'} eventName */
  function tellOfBox(eventName) {
    const { callerId, listenerId } = parties();
    emit(core, eventName, { callerId, listenerId }, state.view.roomId);
  }

  const leave = () => happened('leave');

  /** @type {Call} */
  const call = {
    get view() {
      return view();
    },
    answer: () => happened('answer'),
    hangUp: () => hangUp('manual'),
    continueHere: () => attempt(() => happened('continue')),
    leave,
    unload() {
      leave();
      left?.end();
    },
    setMuted: (muted) => happened('setMuted', muted === true),
    setCamera: (on) => happened('setCamera', on === true),
    switchCamera: async () => {
      try {
        await media?.switchCamera();
      } catch (error) {
        throw core.redacted(error);
      }
    },
    showCustomBox: () => tellOfBox('showCustomBox'),
    hideCustomBox: () => tellOfBox('hideCustomBox'),
    shown() {
      socket?.returned();
      emit(core, 'callPageOnShow');
    },
    endPage: () => endPageOf(core),
  };

  return { call, attempt, found, wait };
}
