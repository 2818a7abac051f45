// What every request ends with, whichever API sends it: the package does what `table/scenarios.json` says, to which the core is
// held natively, too.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';

import { assertKeepsSecrets, response } from '../support/fakes.mjs';
import { freshModule } from '../support/module.mjs';
import { settle } from '../support/settle.mjs';

const { scenarios } = JSON.parse(await readFile(new URL('./table/scenarios.json', import.meta.url), 'utf8'));

const ROOM = { roomId: 'r1', chargeType: 'license' };
const LIST = { errcode: 0, errmsg: 'ok', contact_list: [] };

/** What is right for each API: its request, the service's answer, and what the promise is fulfilled with. */
const APIS = {
  initByCaller: {
    path: '/v1/calls',
    request: { roomType: 'video', businessType: 1, caller: { id: 'SN-1' }, listener: { id: 'o' }, voipToken: 't' },
    answer: ROOM,
    result: { isSuccess: true, groupId: 'r1', ...ROOM },
  },
  callWMPF: {
    path: '/v1/wmpf-calls',
    request: { roomType: 'video', sn: 'SN-1', modelId: 'M1', pushToken: 't', nickName: 'Alice' },
    answer: ROOM,
    result: { roomId: 'r1' },
  },
  callDevice: {
    path: '/v1/device-calls',
    request: { roomType: 'video', sn: 'SN-1', modelId: 'M1' },
    answer: ROOM,
    result: { roomId: 'r1' },
  },
  getIotBindContactList: {
    path: '/v1/iot-bind-contacts',
    request: { sn: 'SN-1', model_id: 'M1', openid_list: ['o'] },
    answer: LIST,
    result: LIST,
  },
};

const CALLS = ['initByCaller', 'callWMPF', 'callDevice'];

/** A host that answers as it is told, and the requests that it was asked to send. */
function host(answers, ok) {
  const sent = [];
  const retracted = [];
  const left = [...answers];
  function fetch(url, init) {
    if (init.method === 'DELETE') {
      retracted.push({ url, init });
      return response(204, '');
    }
    sent.push({ url, init });
    const answer = left.shift();
    if (answer === 'lost') throw new Error('the line is cut');
    if (answer === 'silence') return new Promise(() => {});
    if (answer === 'no status') return { text: async () => '' };
    const [status, body] = answer === 'ok' ? [200, JSON.stringify(ok)] : answer;
    return response(status, body);
  }
  return { fetch, sent, retracted };
}

async function moduleOf(fetch, changes) {
  const module = freshModule();
  await module.init();
  module.configure({ endpoint: 'http://room.test/', token: 'session-s3cret', fetch, ...changes });
  return module;
}

/** The error of a call, however it is told. */
async function failureOf(promise) {
  try {
    const result = await promise;
    assert.equal(result.isSuccess, false, JSON.stringify(result));
    return { error: result.errObj, isResult: true };
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    return { error, isResult: false };
  }
}

for (const [api, { path, request, answer, result }] of Object.entries(APIS)) {
  describe(api, { timeout: 60_000 }, () => {
    for (const scenario of scenarios.filter(({ of }) => of === undefined || of.includes(api))) {
      const { name, answers, configure, ends, says, stop } = scenario;
      it(`ends as it should when ${name}`, async () => {
        const { fetch, sent, retracted } = host(answers, answer);
        const module = await moduleOf(fetch, configure);
        const made = module.default[api]('request' in scenario ? scenario.request : request);
        if (stop === 'while') await settle();
        if (stop !== undefined) module.default.forceHangUpVoip();
        if (ends === 'ok') {
          assert.deepEqual(await made, result);
        } else {
          const [kind, errCode] = ends;
          const { error, isResult } = await failureOf(made);
          const Class = kind === 'cgi' ? module.VoipCgiError : module.VoipPluginError;
          assert.ok(error instanceof Class, `${error}`);
          assert.equal(
            isResult,
            api === 'initByCaller' && kind === 'cgi',
            'only initByCaller resolves, and with what failed',
          );
          assert.equal(error.errCode, errCode, error.errMsg);
          assert.ok(error.errMsg.startsWith(`${api}:fail `), error.errMsg);
          if (says !== undefined) assert.equal(error.errMsg, `${api}:fail ${says}`);
          assertKeepsSecrets(error.errMsg, error.stack);
        }
        await settle();
        assert.equal(sent.length, scenario.sent);
        for (const { url, init } of sent) {
          assert.deepEqual([url, init.method], [`http://room.test${path}`, 'POST']);
          // One room is made for it, however often it is sent.
          assert.equal(init.headers['idempotency-key'], sent[0].init.headers['idempotency-key']);
          assert.equal(typeof init.headers['idempotency-key'], CALLS.includes(api) ? 'string' : 'undefined');
        }
        assert.equal(retracted.length, CALLS.includes(api) && scenario.retracted ? 1 : 0);
        for (const { url, init } of retracted) {
          assert.deepEqual(
            [url, init.headers['idempotency-key']],
            ['http://room.test/v1/calls', sent[0].init.headers['idempotency-key']],
          );
        }
      });
    }
  });
}

describe('forceHangUpVoip', { timeout: 60_000 }, () => {
  const meant = ({ of, stop, ends }) => of === undefined && stop === undefined && ends[0] !== 'plugin';
  for (const { name, answers, configure, sent } of scenarios.filter(meant)) {
    it(`sends as often as it should when ${name}`, async () => {
      const told = host(['ok', ...answers], ROOM);
      const module = await moduleOf(told.fetch, configure);
      const { roomId } = await module.default.callDevice(APIS.callDevice.request);
      module.default.forceHangUpVoip(roomId);
      for (let i = 0; i < 4; i++) await settle();
      const [, ...signals] = told.sent;
      assert.equal(signals.length, sent);
      for (const { url, init } of signals) {
        assert.deepEqual(
          [url, init.method, init.keepalive],
          [`http://room.test/v1/calls/${roomId}/signals`, 'POST', true],
        );
        const { type, how, placed } = JSON.parse(init.body);
        assert.deepEqual([type, how, placed], ['hangUp', 'forceFromApp', true]);
      }
      assert.equal(told.retracted.length, 0);
    });
  }
});
