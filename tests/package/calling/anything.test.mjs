// Whatever comes from outside, a call ends with something that is documented, in bounded time, and the module works
// afterwards: any value at all as the request, any answer at all of the host.

import { lostRejections } from '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { assertProperty, realise } from '../../support/anything.mjs';
import { within } from '../../support/bounded.mjs';
import {
  assertKeepsSecrets,
  assertWorks,
  call,
  configured,
  fakeFetch,
  fakeWx,
  response,
} from '../../support/fakes.mjs';
import { freshModule } from '../../support/module.mjs';
import { ORDER, SUCCESS } from '../../support/requests.mjs';
import { anyBehaviour, anyRequest, anyRoom } from './arbitraries.mjs';

const SETTLE_MS = 2_000;
const BACKEND_TIMEOUT_MS = 50;

/** How a call ends. A call that throws fails the property. */
function settled(promise) {
  assert.ok(promise instanceof Promise);
  const outcome = promise.then(
    (resolved) => ({ resolved }),
    (rejected) => ({ rejected }),
  );
  return within(outcome, SETTLE_MS, 'the call ends');
}

/** Promises that nobody handles are told of when all others are done. */
async function assertNothingLost() {
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(lostRejections(), 0, 'no rejection is left unhandled');
}

/** An error has the documented members and no other that is seen. */
function assertError(module, error, Class) {
  assert.ok(error instanceof Class && error instanceof module.VoipError && error instanceof Error);
  const { errno, ...members } = { ...error };
  assert.deepEqual(members, { errCode: error.errCode, errMsg: error.errMsg });
  assert.ok(errno === undefined || Number.isInteger(errno));
  assert.ok(module.explain(error.errCode), `${error.errCode} is documented`);
  assert.ok(error.errMsg.startsWith('initByCaller:fail '), error.errMsg);
  assert.ok(error.errMsg.length > 'initByCaller:fail '.length);
  assert.equal(error.message, error.errMsg);
  assert.equal(error.name, Class === module.VoipCgiError ? 'VoipCgiError' : 'VoipPluginError');
  assert.equal(typeof error.stack, 'string');
  assertKeepsSecrets(error.errMsg, error.stack);
}

/** A result has the members of the one or of the other, and no other that is seen. */
function assertResult(module, result) {
  if (result.isSuccess === true) {
    const { roomId, chargeType } = result;
    assert.deepEqual({ ...result }, { isSuccess: true, roomId, groupId: roomId, chargeType });
    assert.ok(typeof roomId === 'string' && roomId.length > 0);
    assert.ok(chargeType === 'duration' || chargeType === 'license');
    return;
  }
  const { errCode, errMsg, errObj } = result;
  const error = { err_code: String(errCode), errMsg };
  assert.deepEqual({ ...result }, { isSuccess: false, errCode, errMsg, errObj, error });
  assertError(module, errObj, module.VoipCgiError);
  assert.deepEqual([errObj.errCode, errObj.errMsg], [errCode, errMsg]);
}

/** Problems are documented ones, in the order of the table. */
function assertProblems(problems) {
  const paths = ['req', ...ORDER];
  const places = problems.map(({ path }) => paths.indexOf(path));
  assert.ok(!places.includes(-1), JSON.stringify(problems));
  assert.deepEqual(
    places,
    [...new Set(places)].sort((a, b) => a - b),
  );
  for (const { path, code, expected, got, zh, ...more } of problems) {
    assert.deepEqual(more, {});
    assert.deepEqual(Object.keys(zh), ['expected', 'got']);
    assert.ok(zh.expected.length > 0 && zh.got.length > 0);
    assert.ok(code === 1004 || (code === 1001 && path === 'voipToken'), `${path} ${code}`);
    assert.ok(expected.length > 0 && got.length > 0);
  }
}

/** A call does what `check` has said. */
function assertAgrees(module, problems, { resolved, rejected }, calls) {
  if (problems.length === 0) {
    assert.equal(rejected, undefined);
    assert.deepEqual(resolved, SUCCESS);
    assert.equal(calls.length, 1);
    return;
  }
  assert.equal(resolved, undefined);
  assert.equal(calls.length, 0);
  assertError(module, rejected, module.VoipPluginError);
  const said = problems.map(({ path, expected, got }) => `${path}: expected ${expected}, got ${got}`);
  // A text that came as the token of an earlier request stays a secret of this module, wherever it comes again.
  const parts = rejected.errMsg.split('***').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  assert.match(`initByCaller:fail ${said.join('; ')}`, new RegExp(`^${parts.join('[^]+')}$`));
  const isTokenAlone = problems.every(({ code }) => code === 1001);
  assert.equal(rejected.errCode, isTokenAlone ? 1001 : 1004);
}

describe('any value as the request', { timeout: 120_000 }, () => {
  async function assertDocumented(module, host, request) {
    const checked = module.check(realise(request));
    host.calls.length = 0;
    const outcome = await settled(module.default.initByCaller(realise(request)));
    const problems = await within(checked, SETTLE_MS, 'the check ends');
    assertProblems(problems);
    assertAgrees(module, problems, outcome, host.calls);
    for (const { init } of host.calls) {
      assert.deepEqual(await module.check(JSON.parse(init.body)), [], 'what is sent is right, too');
    }
    await assertWorks(module, host);
    await assertNothingLost();
  }

  it('ends as documented, and as check says', async () => {
    const host = fakeFetch();
    const module = configured(freshModule(), { fetch: host.fetch });
    await assertWorks(module, host);
    await assertProperty(anyRequest, (request) => assertDocumented(module, host, request));
  });

  it('ends in the same way while the wasm is not there yet', async () => {
    const host = fakeFetch();
    const property = (request) => assertDocumented(configured(freshModule(), { fetch: host.fetch }), host, request);
    await assertProperty(anyRequest, property, 0.1);
  });
});

/** A `fetch` that behaves so. */
function behaviourOfFetch(behaviour, isLate) {
  return () => {
    if ('thrown' in behaviour) {
      const thrown = realise(behaviour.thrown);
      if (isLate) return Promise.reject(thrown);
      throw thrown;
    }
    if ('answer' in behaviour) return realise(behaviour.answer);
    const text = () => realise(behaviour.body);
    return { status: realise(behaviour.status), text: isLate ? async () => text() : text };
  };
}

/** A `wx.request` that behaves so. */
function behaviourOfWx(behaviour, isLate) {
  return ({ success, fail }) => {
    // What a callback throws is lost in most hosts.
    const later = (callback) =>
      Promise.resolve()
        .then(callback)
        .catch(() => {});
    const then = isLate ? later : (callback) => callback();
    if ('thrown' in behaviour) {
      const thrown = realise(behaviour.thrown);
      if (isLate) return later(() => fail(thrown));
      throw thrown;
    }
    const answer =
      'answer' in behaviour
        ? realise(behaviour.answer)
        : { statusCode: realise(behaviour.status), data: realise(behaviour.body) };
    return then(() => success(answer));
  };
}

for (const [name, fake, behave] of [
  ['fetch', fakeFetch, behaviourOfFetch],
  ['wx.request', fakeWx, behaviourOfWx],
]) {
  describe(`any answer of ${name}`, { timeout: 120_000 }, () => {
    const { calls, ...host } = fake();
    const module = configured(freshModule(), host, { timeout: BACKEND_TIMEOUT_MS });

    it('ends as documented', async () => {
      await assertProperty(fc.tuple(anyBehaviour, fc.boolean()), async ([behaviour, isLate]) => {
        host.behave(behave(behaviour, isLate));
        const { resolved, rejected } = await settled(call(module));
        assert.equal(rejected, undefined);
        assertResult(module, resolved);
        if (resolved.isSuccess) assert.ok(behaviour.status >= 200 && behaviour.status < 300);
        await assertWorks(module, host);
        await assertNothingLost();
      });
    });
  });
}

describe('any room', { timeout: 120_000 }, () => {
  it('is a success', async () => {
    const host = fakeFetch();
    const module = configured(freshModule(), { fetch: host.fetch });
    const status = fc.integer({ min: 200, max: 299 });
    await assertProperty(fc.tuple(anyRoom, status), async ([room, status]) => {
      host.behave(() => response(status, JSON.stringify(room)));
      const { roomId, chargeType } = room;
      assert.deepEqual(await call(module), { isSuccess: true, roomId, groupId: roomId, chargeType });
    });
  });
});
