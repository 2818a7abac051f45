// The calls that only a phone makes, and the question which users have authorised a device.

import { ask } from '../service/ask.js';
import { deviceOf } from '../service/device.js';
import { delayNextCall } from './ending.js';
import { cgiFailure, failure } from '../base/failure.js';
import { placed } from '../base/placed.js';
import { BAD_ANSWER, BUSY, INTERRUPTED, PARAMETER, PHONE_ONLY } from '../base/raised-codes.js';
import { newName } from '../base/random.js';
import { createStop } from '../base/stop.js';
import { ended } from '../base/ended.js';
import { checked, readOnce, taken } from '../base/fields.js';

/** How many users one request may name. */
const MAX_OPENIDS = 100;

/** The fields that callWMPF and callDevice have in common. */
const CALL = {
  roomType: 'string',
  sn: 'string',
  modelId: 'string',
  nickName: 'string',
  deviceName: 'string',
  chargeType: 'string',
  timeLimit: 'number',
  enableCallerCamera: 'boolean',
  enableListenerCamera: 'boolean',
};

const WMPF_CALL = Object.assign({ pushToken: 'string', envVersion: 'string', customQuery: 'string' }, CALL);

const DEVICE_CALL = Object.assign(
  {
    isCloud: 'boolean',
    payload: 'string',
    encodeVideoFixedLength: 'number',
    encodeVideoRotation: 'number',
    encodeVideoRatio: 'number',
    encodeVideoMaxFPS: 'number',
  },
  CALL,
);

export const callWMPF = (core, req) => place(core, 'callWMPF', '/v1/wmpf-calls', req, WMPF_CALL);
export const callDevice = (core, req) => place(core, 'callDevice', '/v1/device-calls', req, DEVICE_CALL);

async function place(core, api, path, req, fields) {
  const body = taken(core, api, '', req, fields);
  core.keep(body.pushToken, body.payload);
  if (core.options().role === 'device') {
    const reason = "a call to a device is made in the WeChat client, and configure.role says 'device'";
    throw failure(core, PHONE_ONLY, api, reason);
  }
  core.left?.end();
  const isBusy = core.starting.size > 0 || (core.current && !core.current.isFrom(body.sn));
  if (isBusy) throw failure(core, BUSY, api, 'another call is open, or still starting: hang it up first');
  const stop = createStop();
  const key = newName();
  core.starting.add(stop);
  core.busy = true;
  try {
    if (core.ending) await ended(core);
    const { roomId } = await ask(core, api, { path, body, key, stop });
    if (typeof roomId !== 'string' || roomId === '') {
      throw cgiFailure(core, BAD_ANSWER, api, 'the answer has no roomId');
    }
    if (stop.isStopped) {
      hangUpByRequest(core, roomId);
      throw interrupted(core, api, stop.reason);
    }
    placed(core, roomId);
    return { roomId };
  } catch (error) {
    // A call of whose answer this module does not know should not go on ringing.
    if (error.errCode !== undefined && DOUBTFUL.includes(error.errCode)) retract(core, api, key);
    throw error;
  } finally {
    core.busy = false;
    core.starting.delete(stop);
  }
}

/** The codes after which the service may have made the call in spite of the failure. */
const DOUBTFUL = [1002, 1003, 1008];

function retract(core, api, key) {
  ask(core, api, { method: 'DELETE', path: '/v1/calls', key }).catch(() => {});
}

const interrupted = (core, api, reason) =>
  cgiFailure(core, INTERRUPTED, api, `the call was cancelled while it started: ${reason}`, undefined, reason);

export async function getIotBindContactList(core, req) {
  const api = 'getIotBindContactList';
  const users = (list, path) => {
    const count = readOnce(core, api, path, () => (Array.isArray(list) ? list.length : 0));
    if (!(count >= 1 && count <= MAX_OPENIDS)) {
      throw failure(core, PARAMETER, api, `${path}: expected an array of 1 to ${MAX_OPENIDS} openIds`);
    }
    return Array.from({ length: count }, (_, i) => {
      const at = `${path}[${i}]`;
      return checked(core, api, at, readOnce(core, api, at, () => list[i]), 'string');
    });
  };
  const body = taken(core, api, '', req, { sn: 'string', model_id: 'string', openid_list: users });
  const { errcode, errmsg, contact_list } = await ask(core, api, { path: '/v1/iot-bind-contacts', body });
  if (!Array.isArray(contact_list)) throw cgiFailure(core, BAD_ANSWER, api, 'the answer has no contact_list');
  return { errcode, errmsg, contact_list };
}

/**
 * Ends the calls of this module: one that is starting, and the one whose page is open, or else the one that was made
 * last.
 */
export function forceHangUpVoip(core, roomId) {
  if (roomId != null) checked(core, 'forceHangUpVoip', 'roomId', roomId, 'string');
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

/** Gives up calls that are starting. If the service has made such a call all the same, it is hung up. */
export function stopStarting(core, reason, stops = core.starting) {
  for (const stop of Array.from(stops)) {
    if (!core.starting.has(stop)) continue;
    // The answer may already be on its way through the core.
    stop.late = (room) => {
      hangUpByRequest(core, room);
      return core.createFailure(interrupted(core, 'initByCaller', reason));
    };
    stop.now(reason);
  }
}

// Ends a call by a request, because it has no page. If the request fails, the call rings until its time is over. A
// call that was `placed` may turn out to be the other party's, which then goes on ringing.
export function hangUpByRequest(core, roomId, how = 'forceFromApp', placed = true) {
  const path = `/v1/calls/${encodeURIComponent(roomId)}/signals`;
  const body = { type: 'hangUp', how, device: deviceOf(core), placed };
  // The page may be closing now.
  const request = { path, body, keepalive: true };
  delayNextCall(core, (done) => ask(core, 'forceHangUpVoip', request).then(done, done));
}
