// The fake service of `wmpf-voip/testing`: whatever it is told to answer comes out of the real module, over fetch and over
// wx, imported and required.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';

import { within } from '../../support/bounded.mjs';
import { assertFailure, assertRejects, timers } from '../../support/fakes.mjs';
import { freshModule } from '../../support/module.mjs';
import { PKG } from '../../support/paths.mjs';
import { sample } from '../../support/requests.mjs';

const { CODES } = await import(pathToFileURL(join(PKG, 'generated/codes.js')));
const imported = await import(pathToFileURL(join(PKG, 'testing.js')));
const required = createRequire(import.meta.url)(join(PKG, 'testing.cjs'));

const BACKEND = Object.keys(CODES)
  .map(Number)
  .filter((code) => CODES[code].raisedBy === 'backend');
const OTHERS = Object.keys(CODES)
  .map(Number)
  .filter((code) => CODES[code].raisedBy !== 'backend');
const room = (roomId, chargeType = 'duration') => ({ isSuccess: true, roomId, groupId: roomId, chargeType });
const failed = (reason) => `initByCaller:fail ${reason}`;
const NOBODY = failed('no answer from http://fake.test within 50 ms');

const FLAVOURS = {
  'imported, over fetch': [imported, ({ options }) => options],
  'imported, over wx': [imported, ({ options, wx }) => ({ ...options, fetch: undefined, wx })],
  'required, over fetch': [required, ({ options }) => options],
  'required, over wx': [required, ({ options, wx }) => ({ ...options, fetch: undefined, wx })],
};

for (const [name, [{ createFakeService }, optionsOf]] of Object.entries(FLAVOURS)) {
  describe(`a fake service, ${name}`, { timeout: 60_000 }, () => {
    const module = freshModule();
    const call = (changes, options) => module.default.initByCaller({ ...sample(), ...changes }, options);
    let service;
    beforeEach(() => {
      service = createFakeService();
      module.configure(optionsOf(service));
    });

    it('lets every call succeed that it was told nothing about', async () => {
      assert.deepEqual([await call(), await call()], [room('fake-room-1'), room('fake-room-2')]);
      service.answer(9);
      assert.deepEqual([(await call()).errCode, await call()], [9, room('fake-room-4')]);
    });

    it('answers the calls of phones, too, and knows of a hang-up without a page', async () => {
      const { callWMPF, callDevice, forceHangUpVoip } = module.default;
      const phoneCall = { roomType: 'voice', sn: 's', modelId: 'm' };
      service.answer({ roomId: 'r' }, 2);
      assert.deepEqual(await callWMPF({ ...phoneCall, nickName: 'n', pushToken: 'push-s3cret' }), { roomId: 'r' });
      await assert.rejects(
        callDevice(phoneCall),
        (error) => error instanceof module.VoipCgiError && error.errCode === 2,
      );
      const [wmpf, device] = service.calls;
      assert.deepEqual([wmpf.path, device.path], ['/v1/wmpf-calls', '/v1/device-calls']);
      const { roomType, sn, modelId, chargeType } = device.body;
      assert.deepEqual([roomType, sn, modelId, chargeType], ['voice', 's', 'm', 'license']);
      assert.equal(wmpf.body.pushToken, 'push-s3cret');
      assert.doesNotMatch(inspect(service.calls, { depth: null }), /s3cret/);
      assert.equal(wmpf.isCancelled, false);
      forceHangUpVoip();
      await new Promise((resolve) => setTimeout(resolve, 10));
      assert.equal(wmpf.isCancelled, true);
    });

    it('gives the room that it was told', async () => {
      service.answer({ chargeType: 'license' }, { roomId: 'r', chargeType: 'duration' }, {}, { roomId: undefined });
      const expected = [room('fake-room-1', 'license'), room('r'), room('fake-room-3'), room('fake-room-4')];
      for (const result of expected) assert.deepEqual(await call(), result);
    });

    it('refuses with every code of the service', async () => {
      assert.ok(BACKEND.length > 15, `${BACKEND.length} codes`);
      service.answer(...BACKEND);
      for (const code of BACKEND) {
        assertFailure(module, await call(), code, failed(CODES[code].en.meaning));
      }
      assert.equal(service.calls.length, BACKEND.length);
    });

    it('is not asked for a call that is wrong', async () => {
      const req = { roomType: 'voice', sn: 'SN', modelId: 'M', nickName: 'n', pushToken: '' };
      const error = await module.default.callWMPF(req).catch((error) => error);
      assert.ok(error instanceof module.VoipPluginError, String(error));
      const said = "callWMPF:fail pushToken: expected the device's pushToken, a non-empty string, got an empty string";
      assert.deepEqual([error.errCode, error.errMsg, service.calls.length], [1004, said, 0]);
    });

    it('refuses with a reason', async () => {
      service.answer({ errCode: 5, errMsg: 'the session token has expired' }, { errCode: 9, errMsg: undefined });
      assertFailure(module, await call(), 5, failed('the session token has expired'));
      assertFailure(module, await call(), 9, failed(CODES[9].en.meaning));
    });

    it('is offline: the call fails after two attempts', async () => {
      service.answer('offline');
      const { errCode, errMsg } = await call();
      assert.equal(errCode, 1002);
      assert.match(errMsg, /the request to http:\/\/fake\.test failed: .*the fake service is offline$/);
      assert.deepEqual(
        service.calls.map(({ attempts }) => attempts),
        [2],
      );
    });

    it('is reached by the second attempt of the same call', async () => {
      service.answer(['offline', { chargeType: 'license' }], ['offline', 9], ['offline', 'garbage']);
      assert.deepEqual(await call(), room('fake-room-1', 'license'));
      assert.deepEqual([(await call()).errCode, (await call()).errCode], [9, 1003]);
      assert.deepEqual(
        service.calls.map(({ attempts }) => attempts),
        [2, 2, 2],
      );
    });

    it('is silent: the call fails when its time is over', async () => {
      service.answer('silent', 'silent');
      const started = performance.now();
      assertFailure(module, await within(call(), 5_000, 'the timeout'), 1002, NOBODY);
      assert.ok(performance.now() - started >= 45);
      module.configure({ timeout: 1 });
      assert.equal((await call()).errMsg, NOBODY.replace('50 ms', '1 ms'));
    });

    it('answers with an HTTP error, and with something that is not the service', async () => {
      service.answer({ status: 502 }, { status: 302 }, 'garbage');
      assertFailure(module, await call(), 1002, failed('HTTP status 502 without a body of the room service'));
      assert.equal((await call()).errCode, 1002);
      const result = await call();
      assert.equal(result.errCode, 1003);
      assert.match(result.errMsg, /a body that is not the room service's/);
    });

    it('keeps what was sent, with its defaults and without a token that is printed', async () => {
      module.configure({ getDeviceToken: () => 'fetched-s3cret' });
      await call({ customQuery: 'a=1', timeLimit: 60, miniprogramState: undefined });
      await call({ voipToken: '' });
      module.configure({ getDeviceToken: undefined });
      const [given, fetched] = service.calls;
      assert.deepEqual(given.body, {
        roomType: 'video',
        caller: { id: 'SN-1', name: 'door', cameraStatus: 0 },
        listener: { id: 'open-id', name: 'Alice', cameraStatus: 0 },
        businessType: 1,
        miniprogramState: 'formal',
        customQuery: 'a=1',
        timeLimit: 60,
      });
      assert.deepEqual({ ...given }, { body: given.body, attempts: 1, isCancelled: false });
      assert.deepEqual([given.body.voipToken, given.body.deviceToken], ['ticket-s3cret', undefined]);
      assert.deepEqual([fetched.body.voipToken, fetched.body.deviceToken], [undefined, 'fetched-s3cret']);
      assert.equal(given.token, 'fake-session-token');
      const printed = inspect(service.calls, { depth: 9 }) + JSON.stringify(service.calls);
      assert.doesNotMatch(printed, /s3cret|fake-session-token/);
    });

    it('has options that take back everything that was configured before', async () => {
      module.configure({ role: 'phone', timeout: 1, getDeviceToken: () => assert.fail('it is another test') });
      module.configure(optionsOf(service));
      assert.deepEqual(await call({ voipToken: '' }), room('fake-room-1'));
    });

    it('sees that a call is cancelled while it waits', async () => {
      const controller = new AbortController();
      service.answer(() => controller.abort(new Error('the page was closed')));
      const why = failed('the call was cancelled while it started: the page was closed');
      assertFailure(module, await call({}, { signal: controller.signal }), 1008, why);
      assert.deepEqual(
        service.calls.map(({ isCancelled }) => isCancelled),
        [true],
      );
    });

    it('sees that a call is taken back that failed and may be there in spite of it', async () => {
      service.answer({}, 9, 5, 'garbage', 'silent', { status: 502 }, 'offline', ['offline', {}]);
      for (let n = 0; n < 8; n++) await call();
      const cancelled = [false, false, true, true, true, true, true, false];
      assert.deepEqual(
        service.calls.map(({ isCancelled }) => isCancelled),
        cancelled,
      );
    });

    it('is not asked by a call that is wrong', async () => {
      await assertRejects(
        module,
        call({ roomType: 'phone' }),
        1004,
        failed("roomType: expected 'voice' or 'video', got the string 'phone'"),
      );
      await assertRejects(
        module,
        call({ businessType: 2, voipToken: '' }),
        1001,
        failed("voipToken: expected the device's pushToken, a non-empty string, got an empty string"),
      );
      assert.deepEqual(service.calls, []);
    });

    it('answers what a function gives, when it gives it', async () => {
      const seen = [];
      let open;
      const wait = new Promise((resolve) => {
        open = resolve;
      });
      service.answer(
        (call) => {
          seen.push(call.attempts);
          return 23;
        },
        async ({ body }) => ({ roomId: `room of ${body.caller.id}` }),
        () => wait,
        ['offline', () => undefined],
      );
      assert.equal((await call()).errCode, 23);
      assert.deepEqual(seen, [1]);
      assert.equal((await call()).roomId, 'room of SN-1');
      const waiting = call();
      const busy = await call().catch((error) => error);
      assert.equal(busy.errCode, 1005);
      open(9);
      assert.equal((await waiting).errCode, 9);
      assert.deepEqual(await call(), room('fake-room-4'));
    });

    it('says what a function gave that is no answer', async () => {
      service.answer(
        () => 999,
        () => () => 9,
      );
      const { errCode, errMsg } = await call();
      assert.equal(errCode, 1002);
      assert.match(errMsg, /errCode of what the function of an answer gave: expected a code .* got 999/);
      assert.match(
        (await call()).errMsg,
        /what the function of an answer gave: expected .* got a value of type function/,
      );
    });

    it('leaves no timer behind', async () => {
      const before = timers();
      service.answer({}, 9, 'offline', 'garbage', 'silent');
      for (let n = 0; n < 5; n++) await call();
      assert.equal(timers(), before);
    });
  });
}

for (const [how, { createFakeService }] of [
  ['imported', imported],
  ['required', required],
]) {
  describe(`the script of a fake service, ${how}`, { timeout: 60_000 }, () => {
    const CODE = `a code that the service answers with (${[...BACKEND, 1004].join(', ')})`;
    const FORM = 'roomId and chargeType, or errCode and errMsg, or status';
    const ANSWER = "an errCode, an object, 'offline', 'silent' or 'garbage'";
    const REST = 'which the service does not raise when a call is created';
    for (const [answer, said] of [
      [77, `errCode of answer 2: expected ${CODE}, got 77, which the contract does not have`],
      [NaN, `errCode of answer 2: expected ${CODE}, got NaN, which the contract does not have`],
      [{ errCode: '9' }, `errCode of answer 2: expected ${CODE}, got '9', which the contract does not have`],
      [{ errMsg: 'no' }, `errCode of answer 2: expected ${CODE}, got undefined, which the contract does not have`],
      [1002, `errCode of answer 2: expected ${CODE}, got 1002, which comes from 'offline', 'silent' and { status }`],
      [1003, `errCode of answer 2: expected ${CODE}, got 1003, which comes from 'garbage'`],
      ...OTHERS.filter((code) => ![1002, 1003, 1004].includes(code)).map((code) => [
        code,
        `errCode of answer 2: expected ${CODE}, got ${code} (${CODES[code].name}), ${REST}`,
      ]),
      [{ errCode: 9, errMsg: '' }, "errMsg of answer 2: expected a non-empty string, got ''"],
      [{ chargeType: 'free' }, "chargeType of answer 2: expected 'duration' or 'license', got 'free'"],
      [{ roomId: 7 }, 'roomId of answer 2: expected a non-empty string, got 7'],
      [{ status: 200 }, 'status of answer 2: expected an HTTP status from 300 to 599, got 200'],
      [{ status: undefined }, 'status of answer 2: expected an HTTP status from 300 to 599, got undefined'],
      [{ chargetype: 'license' }, `answer 2: expected ${FORM}, got chargetype`],
      [{ roomId: 'r', errCode: 9 }, `answer 2: expected ${FORM}, got roomId and errCode`],
      ['timeout', `answer 2: expected ${ANSWER}, got 'timeout'`],
      [undefined, `answer 2: expected ${ANSWER}, got undefined`],
      [null, `answer 2: expected ${ANSWER}, got null`],
      [true, `answer 2: expected ${ANSWER}, got true`],
      [Symbol('s'), `answer 2: expected ${ANSWER}, got a value of type symbol`],
      [[], 'answer 2: expected an answer to each attempt, got an empty array'],
      [['offline', [9]], `attempt 2 of answer 2: expected ${ANSWER}, got a value of type object`],
    ]) {
      it(`refuses ${inspect(answer)}`, async () => {
        const service = createFakeService();
        assert.throws(() => service.answer(9, answer), { name: 'TypeError', message: said });
        const module = freshModule();
        module.configure(service.options);
        assert.equal((await module.default.initByCaller(sample())).isSuccess, true, 'none of the answers counts');
      });
    }

    it('refuses a request that is none of a call', async () => {
      const { fetch, wx } = createFakeService();
      const said =
        'the fake service has DELETE /v1/calls and POST /v1/calls, /v1/wmpf-calls, /v1/device-calls, and no GET https://shop.test/orders';
      await assert.rejects(fetch('https://shop.test/orders'), { message: said });
      const { errMsg } = await new Promise((fail) => wx.request({ url: 'https://shop.test/orders', fail }));
      assert.equal(errMsg, `request:fail ${said}`);
    });

    it('belongs to one service', async () => {
      const [one, other] = [createFakeService(), createFakeService()];
      one.answer(9);
      const module = freshModule();
      module.configure(other.options);
      assert.equal((await module.default.initByCaller(sample())).isSuccess, true);
      assert.deepEqual([one.calls.length, other.calls.length], [0, 1]);
    });
  });
}

describe('a program with a fake service', { timeout: 60_000 }, () => {
  it('ends by itself, also while nobody has answered', () => {
    const program = `
      const { default: wmpfVoip, configure } = require('./node.cjs');
      const { createFakeService } = require('./testing.cjs');
      const service = createFakeService();
      configure(service.options);
      service.answer('silent');
      wmpfVoip.initByCaller(${JSON.stringify(sample())}).then(({ errCode }) => console.log(errCode));`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', program], {
      cwd: PKG,
      timeout: 10_000,
      encoding: 'utf8',
    });
    assert.deepEqual([stdout, stderr, status], ['1002\n', '', 0]);
  });
});
