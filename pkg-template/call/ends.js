// How a call ends for a page, and what the page then does: for step.js, whose states and `act` these are, too.

import { CONNECTION_LOST } from '../generated/contract.js';

/** @import { EndReason, VoipEvents } from '../index.js' */
/** @import { SignalMembers } from '../types/call-socket.js' */
/** @import { Act, Fault, State, View } from './state.js' */

/** The length of the longest reason that the service accepts, in characters. */
const MAX_REASON_LENGTH = 1024;

/** How a call is ended whose page is gone. */
export const UNLOADED = 'unloadCallPage';

/** @type {{ [eventName in keyof VoipEvents]?: EndReason }} The events that end a call, and the reason that the page then shows. */
export const REASONS = {
  cancelVoip: 'cancelled',
  rejectVoip: 'rejected',
  timeout: 'timeout',
  busy: 'busy',
  hangUpVoip: 'hungUp',
  abortVoip: 'aborted',
  joinFailCaller: 'joinFailed',
  joinFailListener: 'joinFailed',
  endVoip: 'aborted',
  finishVoip: 'aborted',
};

/** @type {{ [state in View['state']]?: EndReason }} The reason that the page shows when its user ends the call, by the state of the call. */
export const BY_HAND = { outgoing: 'cancelled', incoming: 'rejected', joining: 'rejected', connected: 'hungUp' };

/** @param {State} state */
export const isOver = ({ view }) => view.state === 'ended';

/**
 * Ends the call for this page, and for the module if it has made the call. A call that has ended does not begin again,
 * whatever comes later.
 *
 * @param {State} state
 * @param {Act} act
 * @param {EndReason} reason
 * @param {Partial<View> | false} [changes]
 */
export function end(state, act, reason, changes) {
  if (isOver(state)) return;
  act('forget');
  letGo(state, act, reason, changes);
  act('show');
}

/**
 * Ends the call for this page only. Another page may go on with it.
 *
 * @param {State} state
 * @param {Act} act
 * @param {EndReason} reason
 * @param {Partial<View> | false} [changes]
 */
export function letGo({ view }, act, reason, changes) {
  const ended = { state: 'ended', online: false, reason, cameraProblem: undefined, microphoneProblem: undefined };
  Object.assign(view, ended, changes);
  act('release');
}

/**
 * Until the service has described the call, nobody is in it, so the next call need not wait.
 *
 * @param {State} state
 * @param {Act} act
 * @param {'hangUp' | 'abort' | 'joinFailed'} signal
 * @param {SignalMembers} members
 */
export function signalEnd({ about }, act, signal, members) {
  act('signalEnd', signal, members, about !== undefined);
}

/**
 * The service accepts a code as an unsigned integer of 32 bits.
 *
 * @param {State} state
 * @param {Act} act
 * @param {Fault} fault
 */
export function signalFault(state, act, { errCode, detail }) {
  const isCode = errCode !== undefined && errCode >>> 0 === errCode;
  signalEnd(state, act, 'joinFailed', { reason: bounded(detail), errCode: isCode ? errCode : undefined });
}

/**
 * The service can no longer say how the call ended, so this page makes the last events itself.
 *
 * @param {State} state
 * @param {Act} act
 */
export function endAlone({ about, view: { isCaller, keepTime } }, act) {
  if (!about) return;
  const { callerName, listenerName, roomType, businessType } = about;
  const status = isCaller ? 'abortByCaller' : 'abortByListener';
  const abort = { keepTime, status, error: { errMsg: CONNECTION_LOST } };
  act('emit', 'abortVoip', abort);
  act('emit', 'endVoip', { keepTime, callerName, listenerName, roomType, isCaller, businessType });
}

/**
 * A text as the service accepts it: not too long, and without half of a character.
 *
 * @param {string} text
 */
export const bounded = (text) =>
  Array.from(text, (character) => (/^[\ud800-\udfff]$/.test(character) ? '\ufffd' : character))
    .slice(0, MAX_REASON_LENGTH)
    .join('');
