// The package and the real service together, where both have a part in what is promised: a call that is sent
// twice is one call, a call that is taken back rings no more, and a device that was registered through WMPF
// calls with what its host fetched.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { assertFailure } from '../../support/fakes.mjs';
import { freshModule } from '../../support/module.mjs';
import { startService } from '../../support/service.mjs';

const ADMIN_KEY = 'k'.repeat(32);
const APP = 'wxde00000000000001';
const TV = 'DEMO-TV-01';
const DOORBELL = 'DEMO-DOORBELL-01';

describe('the package with the service', { timeout: 60_000 }, () => {
  let service;
  let device;
  let phone;
  before(async () => {
    service = await startService({ adminKey: ADMIN_KEY });
    ({ device, phone } = (await service.demo()).handsets);
  });
  after(() => service?.stop());

  const configured = (options) => {
    const module = freshModule();
    module.configure({ endpoint: service.endpoint, token: device.token, ...options });
    return module;
  };

  const request = (changes) => ({
    roomType: 'video',
    businessType: 1,
    caller: { id: device.id },
    listener: { id: phone.id },
    voipToken: device.deviceToken,
    ...changes,
  });

  async function show(roomId, token) {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${service.endpoint}/v1/calls/${roomId}`, { headers });
    return response.json();
  }

  async function post(path, token, body) {
    const response = await fetch(`${service.endpoint}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    return response.json();
  }

  /** Whether the phone can still take the call. */
  async function rings(roomId) {
    const { state } = await show(roomId, phone.token);
    assert.ok(['ringing', 'ended'].includes(state), state);
    return state === 'ringing';
  }

  /** A fetch that loses the first answer on its way back; `rooms` are those of all answers. */
  function losing(lose) {
    const rooms = [];
    const send = async (url, init) => {
      const response = await fetch(url, init);
      if (init.method !== 'POST') return response;
      const body = await response.text();
      rooms.push(JSON.parse(body).roomId);
      return rooms.length === 1 ? lose() : { status: response.status, text: async () => body };
    };
    return { rooms, fetch: send };
  }

  it('makes one room of a call whose answer was lost', async () => {
    const { rooms, fetch } = losing(() => Promise.reject(new TypeError('terminated')));
    const result = await configured({ fetch }).default.initByCaller(request());
    assert.equal(result.isSuccess, true);
    assert.deepEqual(rooms, [result.roomId, result.roomId]);
    assert.equal(await rings(result.roomId), true);
  });

  it('takes back a call that was cancelled before its answer came', async () => {
    const controller = new AbortController();
    const { rooms, fetch } = losing(() => {
      controller.abort();
      return new Promise(() => {});
    });
    const module = configured({ fetch });
    const { signal } = controller;
    const result = await module.default.initByCaller(request(), { signal });
    assertFailure(module, result, 1008, result.errMsg);
    await untilTakenBack(1);
    assert.equal(await rings(rooms[0]), false);
  });

  it('takes back a call whose answer came too late', async () => {
    const { rooms, fetch } = losing(() => new Promise(() => {}));
    const module = configured({ fetch, timeout: 2_000 });
    const result = await module.default.initByCaller(request());
    assertFailure(module, result, 1002, result.errMsg);
    await untilTakenBack(2);
    assert.equal(await rings(rooms[0]), false);
  });

  /** The request that takes a call back is not waited for; the service logs it. */
  async function untilTakenBack(times) {
    const answered = (line) => line.includes('"answered"') && line.includes('"DELETE"');
    const seen = () => service.log().split('\n').filter(answered);
    while (seen().length < times) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.match(seen().at(-1), /"status":204/);
  }

  it('calls from a device that was registered through WMPF with what its host fetched', async () => {
    const admin = (body) => post(`/v1/admin/apps/${APP}/tokens`, ADMIN_KEY, body);
    const { token } = await admin({ kind: 'session', role: 'device', id: TV });
    const fetched = await admin({ kind: 'device', id: TV });
    const another = await admin({ kind: 'device', id: DOORBELL });
    let given = fetched.token;
    const module = configured({ token, role: 'device', getDeviceToken: async () => given });

    const toPhone = request({ caller: { id: 'whatever the page passes' }, voipToken: '' });
    const result = await module.default.initByCaller(toPhone);
    assert.equal(result.isSuccess, true, result.errMsg);
    const { callerId } = await show(result.roomId, phone.token);
    assert.equal(callerId, TV, 'the SN of the registration wins');

    given = another.token;
    const refused = await module.default.initByCaller(toPhone);
    assertFailure(module, refused, 13, refused.errMsg);
    assert.match(refused.errMsg, /deviceToken: the deviceToken belongs to the device/);

    const passed = await module.default.initByCaller({ ...toPhone, voipToken: fetched.token });
    assertFailure(module, passed, 13, passed.errMsg);
  });
});
