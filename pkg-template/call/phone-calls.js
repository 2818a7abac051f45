// The calls that only a phone makes, and the question which users have authorised a device.

/** @import { WmpfVoip } from '../index.js' */
/** @import { Core, HowEnded, PlacingApi, Stop, TakingCore } from '../types/core.js' */

import { checked } from '../base/fields.js';
import { cgiFailure } from '../base/failure.js';
import { INTERRUPTED } from '../base/raised-codes.js';
import { deviceOf } from '../service/device.js';

/** @type {TakingCore<WmpfVoip['callWMPF']>} */
export const callWMPF = (core, req) => place(core, 'callWMPF', req);
/** @type {TakingCore<WmpfVoip['callDevice']>} */
export const callDevice = (core, req) => place(core, 'callDevice', req);

/**
 * @param {Core} core
 * @param {Exclude<PlacingApi, 'initByCaller'>} api
 * @param {unknown} req
 */
async function place(core, api, req) {
  const { roomId } = await core.place(api, req);
  return { roomId };
}

/** @type {TakingCore<WmpfVoip['getIotBindContactList']>} */
export const getIotBindContactList = (core, req) => core.ask('getIotBindContactList', req);

/**
 * Ends the calls of this module: one that is starting, and the one whose page is open, or else the one that was made
 * last.
 *
 * @type {TakingCore<WmpfVoip['forceHangUpVoip']>}
 */
export function forceHangUpVoip(core, roomId) {
  if (roomId != null) checked(core, 'forceHangUpVoip', 'roomId', roomId, 'string');
  /** @param {string | undefined} room */
  const isMeant = (room) => roomId == null || roomId === room;
  if (roomId == null) stopStarting(core, FORCED);
  if (core.current) {
    if (isMeant(core.current.roomId())) core.current.hangUp('forceFromApp');
    return;
  }
  if (isMeant(core.left?.roomId)) core.left?.end('forceFromApp');
  const { placed: room } = core;
  if (room === undefined || !isMeant(room)) return;
  core.placed = undefined;
  hangUpByRequest(core, room);
}

const FORCED = 'forceHangUpVoip';

/**
 * Gives up calls that are starting. If the service has made such a call all the same, it is hung up.
 *
 * @param {Core} core
 * @param {string} reason
 * @param {Iterable<Stop>} [stops]
 */
export function stopStarting(core, reason, stops = core.starting) {
  for (const stop of Array.from(stops)) {
    if (!core.starting.has(stop)) continue;
    // The answer may already be on its way through the core.
    stop.late = (api, room) => {
      hangUpByRequest(core, room);
      const text = `the call was cancelled while it started: ${reason}`;
      const error = cgiFailure(core, INTERRUPTED, api, text, reason);
      if (api === 'initByCaller') return core.createFailure(error);
      throw error;
    };
    stop.now(reason);
  }
}

/**
 * Ends a call by a request, because it has no page. If the request fails, the call rings until its time is over. A
 * call that was `placed` may turn out to be the other party's, which then goes on ringing.
 *
 * @param {Core} core
 * @param {string} roomId
 * @param {HowEnded} [how]
 * @param {boolean} [placed]
 */
export function hangUpByRequest(core, roomId, how = 'forceFromApp', placed = true) {
  const signal = { roomId, how, device: deviceOf(core), placed };
  core.delayNextCall((done) => core.hangUp(signal).then(done, done));
}
