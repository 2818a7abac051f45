// What becomes of a call page when something happens, and what the page then has to do. Nothing here does anything: the
// same state and event always give the same. run.js does what is to be done.

import { beginning } from './beginning.js';
import { BY_HAND, bounded, end, endAlone, isOver, letGo, REASONS, signalEnd, signalFault, UNLOADED } from './ends.js';
import { REQUEST_FAILED } from '../base/raised-codes.js';

/** @import { EndReason, Origin } from '../index.js' */
/** @import { Choice } from '../types/core.js' */
/** @import { Act, Effect, Event, Handlers, State } from './state.js' */

/**
 * Gives the state after an event, and what the page does then, in this order.
 *
 * @param {State} before
 * @param {Event} event
 * @returns {{ state: State, effects: Effect[] }}
 */
export function step(before, [type, ...values]) {
  const state = Object.assign({}, before, { view: Object.assign({}, before.view) });
  /** @type {Effect[]} */
  const effects = [];
  /** @type {any} The values are those of its event. */
  const on = ALWAYS[type] || (isOver(state) ? undefined : OPEN[type]);
  on?.(state, (/** @type {Effect} */ ...effect) => effects.push(effect), ...values);
  return { state, effects };
}

// Each of the following is given a state that is its own and that it makes what it is afterwards, and `act`, which it
// tells what the page does.

/** @type {Handlers} What happens to a call that has not ended. */
const OPEN = {
  found(state, act, { roomId, roomType, isCaller, name, isAnswered }) {
    if (state.view.state !== 'idle') return;
    Object.assign(state.view, { roomId, roomType, isCaller, name });
    state.isAnswered = isAnswered;
    act('open');
  },

  begin(state, act, isPlaced, isAnswered, kept) {
    const { view } = state;
    state.isPlaced = isPlaced;
    // What the user has done on another page of this module stays done.
    if (isAnswered && !view.isCaller) state.isAnswered = true;
    setSide(state, kept);
    act('connect');
    act('show', 'answered');
  },

  failed(state, act, fault) {
    // The call that this module has made rings, and no page could end it.
    if (state.view.isCaller && !state.isContinued) act('hangUpByRequest');
    end(state, act, 'failed', fault);
  },

  refresh: (_, act) => act('show'),

  answer(state, act) {
    if (state.view.state !== 'incoming') return;
    state.isAnswered = true;
    state.view.state = 'joining';
    act('show', 'answered');
  },

  answered(state, act) {
    if (!state.isAnswered) return;
    takePart(state, act, 'answer');
    enter(state, act);
  },

  // This module has made a call to the party whose call rings here, and the two have met. How this side begins has
  // changed by that, so the socket is opened again.
  take(state, act) {
    if (state.view.state !== 'incoming') return;
    state.isPlaced = true;
    state.about = undefined;
    act('socket', 'close');
    act('connect');
  },

  hangUp(state, act, how) {
    const reason = BY_HAND[state.view.state];
    if (!reason) return;
    signalEnd(state, act, 'hangUp', { how });
    end(state, act, reason, { origin: how });
  },

  setMuted(state, act, muted) {
    choose(state, act, { muted }, 'setMuted');
  },

  setCamera(state, act, camera) {
    state.view.cameraProblem = undefined;
    choose(state, act, { camera }, 'setCamera');
  },

  // The other side has called in the meantime, and its request turns this camera off.
  cameraOff({ view, chosen }, act) {
    if (chosen.camera !== undefined || !view.camera) return;
    view.camera = false;
    act('show', 'chose', 'setCamera');
  },

  // A change of the microphone or the camera, whether the user made it or not.
  chose(state, act, method) {
    keep(state, act);
    if (method) act('media', method, method === 'setMuted' ? state.view.muted : state.view.camera);
  },

  described(state, act, isTaken) {
    const { about, room } = state;
    keep(state, act);
    if (isTaken) takePart(state, act, 'answer');
    if (!about) return;
    if (room !== 'out') act('media', 'peer', about.peerConnected === true);
    else if (about.state !== 'ended') enter(state, act);
  },

  started(_, act, ageMs) {
    act('count', ageMs);
    act('media', 'start');
  },

  tick({ view }, act, keepTime) {
    view.keepTime = keepTime;
    act('show');
    act('emit', 'calling', { keepTime });
  },

  away({ view }, act) {
    view.online = false;
    act('show');
  },

  // As long as the call runs in another page of this device, the user may want it back here.
  elsewhere(state, act, canContinue) {
    if (canContinue) act('watch');
    end(state, act, 'elsewhere', canContinue && { canContinue });
  },

  joined(state, act) {
    state.room = 'in';
    takePart(state, act, 'join');
  },

  joinFailed(state, act, fault) {
    signalFault(state, act, fault);
    end(state, act, 'joinFailed', fault);
  },

  aborted(state, act, { errCode, detail }) {
    const reason = bounded(detail);
    const fault = { errCode, detail: reason };
    // A side that is not in the room yet has not aborted, but failed to join.
    if (state.room === 'in') signalEnd(state, act, 'abort', { reason });
    else signalFault(state, act, fault);
    end(state, act, 'aborted', fault);
  },

  mediaState({ view }, act, media) {
    view.media = media;
    act('show');
  },

  // The camera went off or on by itself, or could not be turned on. A camera that the user has turned off has no
  // problem.
  camera({ view }, act, camera, cameraProblem) {
    if (!camera && !view.camera) return;
    Object.assign(view, { camera, cameraProblem });
    act('show', 'chose');
  },

  microphone({ view }, act, microphoneProblem) {
    view.microphoneProblem = microphoneProblem;
    act('show');
  },
};

/** @type {Handlers} What happens in any state. It does not begin a call again that has ended, except for `continue`. */
const ALWAYS = {
  opened(state, act, call, kept) {
    const { view, about } = state;
    const { isCaller, roomType, callerName, listenerName } = call;
    state.about = call;
    state.isContinued = false;
    if (isOver(state)) return;
    act('media', 'refresh', call.iceServers);
    // The call is described again on the same connection because of these alone.
    if (about && view.online) return;
    // The two parties have called each other: by making its own call, this side has answered the other one's.
    const isTaken = !about && state.isPlaced && !isCaller && call.state === 'ringing';
    // The page may have been loaded anew after the call was answered.
    if (isTaken || call.state === 'waiting' || call.state === 'talking') state.isAnswered = true;
    Object.assign(view, { isCaller, roomType, name: (isCaller ? listenerName : callerName) || '', online: true });
    // The query may have named the wrong side. If the other party's call only rang before, nothing was chosen for this one.
    if (!about) setSide(state, beginning(call, isTaken ? undefined : kept));
    act('show', 'described', isTaken);
  },

  event(state, act, eventName, data, ageMs, now) {
    const { view } = state;
    const { keepTime, status, origin, error, errMsg } = data;
    const isBill = eventName === 'finishVoip';
    if (eventName === 'startVoip' && !isOver(state) && view.state !== 'connected') {
      Object.assign(view, { state: 'connected', startedAt: now - ageMs, keepTime: Math.floor(ageMs / 1000) });
      act('show', 'started', ageMs);
    }
    if (keepTime !== undefined && !isBill) view.keepTime = keepTime;
    if (Object.prototype.hasOwnProperty.call(REASONS, eventName)) {
      /** @type {Record<string, Origin | undefined>} */
      const how = { cancelVoip: status, rejectVoip: status, hangUpVoip: origin };
      end(state, act, /** @type {EndReason} */ (REASONS[eventName]), {
        origin: how[eventName],
        detail: error?.errMsg ?? errMsg,
      });
    }
    act('emit', eventName, data);
    if (isBill) act('socket', 'close');
  },

  // Another device of this user has answered first.
  replied(state, act, reply) {
    if (reply !== 'elsewhere') return;
    end(state, act, reply);
    act('socket', 'close');
  },

  refused(state, act, fault) {
    end(state, act, 'refused', fault);
    endAlone(state, act);
  },

  lost(state, act, why, unheard) {
    const { about, view } = state;
    // The other party should not wait for a side that is gone, so it is told by a request when the socket is not
    // available.
    if (unheard || (!about && view.isCaller && !state.isContinued)) act('hangUpByRequest', unheard);
    const because = why === undefined ? '' : `: ${why}`;
    const detail = `openCall:fail the room service could not be reached${about ? ' any more' : ''}${because}`;
    end(state, act, about ? 'aborted' : 'failed', { errCode: REQUEST_FAILED, detail });
    endAlone(state, act);
  },

  forgo,

  continue(state, act) {
    const { view } = state;
    if (!view.canContinue) return;
    forgo(state, act);
    Object.assign(view, { state: 'joining', reason: undefined, media: undefined });
    state.isAnswered = !view.isCaller;
    Object.assign(state, { about: undefined, room: 'out', chosen: {}, isIn: false, isContinued: true });
    act('open');
  },

  // The page is gone. Another page may come in its place.
  leave(state, act) {
    forgo(state, act);
    const reason = BY_HAND[state.view.state];
    if (reason) {
      state.isLeaving = true;
      letGo(state, act, reason, { origin: UNLOADED });
      act('keepLeft');
    } else if (!isOver(state)) {
      act('keepWaiting');
      letGo(state, act, 'cancelled');
    }
  },

  gone(state, act, how, isHeard, isReady) {
    if (!state.isLeaving) return;
    state.isLeaving = false;
    act('forget');
    if (isHeard) return;
    signalEnd(state, act, 'hangUp', { how });
    // The other party should not wait until the socket is open again.
    if (!isReady) act('hangUpByRequest', how);
  },

  // Another page has the call now.
  replaced(state, act) {
    state.isLeaving = false;
    if (!isOver(state)) {
      letGo(state, act, 'elsewhere');
      act('show');
    }
    act('socket', 'close');
  },
};

/**
 * How a side begins; what the user has chosen in this page already stays.
 *
 * @param {State} state
 * @param {Choice} [choice]
 */
function setSide({ view, chosen, isAnswered }, choice) {
  Object.assign(view, choice, chosen);
  view.state = view.isCaller ? 'outgoing' : isAnswered ? 'joining' : 'incoming';
}

/**
 * The user cannot take the call back any more.
 *
 * @param {State} state
 * @param {Act} act
 * @param {boolean} [isMissed] whether the page is to show that, because the call has ended elsewhere
 */
function forgo({ view }, act, isMissed) {
  if (!view.canContinue) return;
  view.canContinue = false;
  act('unwatch');
  if (isMissed) act('show');
}

/**
 * @param {State} state
 * @param {Act} act
 * @param {Partial<Choice>} chosen
 * @param {'setMuted' | 'setCamera'} method
 */
function choose(state, act, chosen, method) {
  Object.assign(state.view, chosen);
  state.chosen = Object.assign({}, state.chosen, chosen);
  act('show', 'chose', method);
}

/**
 * What is chosen stays when the call is opened again. The service keeps it only of a side that takes part.
 *
 * @param {State} state
 * @param {Act} act
 */
function keep({ view, isIn }, act) {
  if (view.roomId !== '') act('keepChoice');
  if (isIn) act('socket', 'choose', view);
}

/**
 * @param {State} state
 * @param {Act} act
 * @param {'answer' | 'join'} signal
 */
function takePart(state, act, signal) {
  state.isIn = true;
  act('takePart', signal);
  act('socket', 'choose', state.view);
}

/**
 * A caller enters the room when its page opens, a listener when it answers.
 *
 * @param {State} state
 * @param {Act} act
 */
function enter(state, act) {
  if (state.room !== 'out' || !state.about || !(state.view.isCaller || state.isAnswered)) return;
  state.room = 'entering';
  act('enter');
}
