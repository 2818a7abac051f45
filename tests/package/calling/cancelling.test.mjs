// Cancelling a call while it starts, with an AbortSignal or with what a host without one has in its place.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { within } from '../../support/bounded.mjs';
import {
  assertFailure,
  assertRejects,
  assertWorks,
  configured,
  created,
  fakeFetch,
  fakeWx,
  timers,
} from '../../support/fakes.mjs';
import { freshModule } from '../../support/module.mjs';
import { sample, SUCCESS, TOKEN } from '../../support/requests.mjs';

const cancelled = (why) => `initByCaller:fail the call was cancelled while it started: ${why}`;
const throwing = () => {
  throw new Error('no events');
};
const nextTurn = () => new Promise(setImmediate);

describe('a call that is cancelled', { timeout: 60_000 }, () => {
  const host = fakeFetch();
  const module = configured(freshModule(), { fetch: host.fetch });
  const callWith = (signal, changes) => module.default.initByCaller({ ...sample(), ...changes }, { signal });
  beforeEach(async () => {
    module.configure({ getDeviceToken: undefined });
    await assertWorks(module, host);
    host.calls.length = 0;
    host.retracted.length = 0;
  });

  it('before it is made rejects with the reason, and nothing is sent', async () => {
    const reason = new Error('the page was closed');
    const made = callWith(AbortSignal.abort(reason));
    const error = await assertRejects(module, made, 1008, cancelled('the page was closed'));
    assert.equal(error.cause, reason);
    assert.deepEqual([host.calls.length, host.retracted.length], [0, 0]);
    await assertWorks(module, host);
  });

  it('before it is made is told first what is wrong with it', async () => {
    const error = await callWith(AbortSignal.abort(), { roomType: 7 }).catch((error) => error);
    assert.equal(error.errCode, 1004);
  });

  it('while the host fetches its token rejects, and nothing is sent', async () => {
    const controller = new AbortController();
    module.configure({ getDeviceToken: () => new Promise(() => {}) });
    const made = callWith(controller.signal, { voipToken: '' });
    await nextTurn();
    controller.abort('gone');
    await assertRejects(module, made, 1008, cancelled('gone'));
    assert.deepEqual([host.calls.length, host.retracted.length], [0, 0]);
  });

  it('after its request has left resolves, gives the request up and takes the call back', async () => {
    const controller = new AbortController();
    host.behave(() => new Promise(() => {}));
    const made = callWith(controller.signal);
    await nextTurn();
    controller.abort();
    const result = await within(made, 5_000, 'the cancelled call');
    const errObj = assertFailure(module, result, 1008, cancelled('This operation was aborted'));
    assert.equal(errObj.cause, controller.signal.reason);

    const [{ init }] = host.calls;
    assert.equal(init.signal.aborted, true);
    const [{ url, init: retraction }, ...more] = host.retracted;
    assert.deepEqual(more, []);
    assert.equal(url, 'http://room.test/v1/calls');
    assert.equal(retraction.body, '');
    assert.equal(retraction.headers['idempotency-key'], init.headers['idempotency-key']);
    assert.equal(retraction.headers.authorization, `Bearer ${TOKEN}`);
    await assertWorks(module, host);
  });

  it('during the second attempt ends it', async () => {
    const controller = new AbortController();
    let attempts = 0;
    host.behave(() => {
      attempts += 1;
      if (attempts === 1) return Promise.reject(new Error('reset'));
      setImmediate(() => controller.abort('gone'));
      return new Promise(() => {});
    });
    assertFailure(module, await callWith(controller.signal), 1008, cancelled('gone'));
    assert.equal(attempts, 2);
  });

  it("by the host's first attempt is not tried again", async () => {
    const controller = new AbortController();
    host.behave(() => {
      controller.abort('gone');
      return Promise.reject(new Error('reset'));
    });
    assertFailure(module, await callWith(controller.signal), 1008, cancelled('gone'));
    assert.equal(host.calls.length, 1);
  });

  it('after it has succeeded has succeeded, and nothing listens any more', async () => {
    let listening = 0;
    const controller = new AbortController();
    const { signal } = controller;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args) => (listening++, addEventListener.apply(signal, args));
    signal.removeEventListener = (...args) => (listening--, removeEventListener.apply(signal, args));
    const before = timers();
    assert.deepEqual(await callWith(signal), SUCCESS);
    assert.deepEqual([listening, timers()], [0, before]);
    controller.abort();
    await nextTurn();
    assert.equal(host.retracted.length, 0);
    await assertWorks(module, host);
  });

  it('over wx aborts the task, whatever that does', async () => {
    const mini = fakeWx();
    const overWx = configured(freshModule(), { wx: mini.wx });
    for (const [name, task, aborted] of [
      ['a task', (log) => ({ abort: () => log.push('aborted') }), ['aborted']],
      [
        'a task that throws',
        () => ({
          abort() {
            throw new Error('no');
          },
        }),
        [],
      ],
      ['a task without abort', () => ({}), []],
      ['no task', () => undefined, []],
    ]) {
      const log = [];
      const controller = new AbortController();
      mini.behave(() => {
        setImmediate(() => controller.abort('gone'));
        return task(log);
      });
      mini.retracted.length = 0;
      const result = await overWx.default.initByCaller(sample(), { signal: controller.signal });
      assertFailure(overWx, result, 1008, cancelled('gone'));
      assert.deepEqual(log, aborted, name);
      const [{ options }] = mini.retracted;
      assert.deepEqual([options.method, options.url], ['DELETE', 'http://room.test/v1/calls']);
      await assertWorks(overWx, mini);
    }
  });

  it('may be cancelled by something like an AbortSignal', async () => {
    const listeners = new Set();
    const signal = {
      aborted: false,
      reason: 'gone',
      addEventListener: (_type, listener) => listeners.add(listener),
      removeEventListener: (_type, listener) => listeners.delete(listener),
    };
    host.behave(() => new Promise(() => {}));
    const made = callWith(signal);
    await nextTurn();
    for (const listener of listeners) listener();
    assertFailure(module, await made, 1008, cancelled('gone'));
    assert.equal(listeners.size, 0);
  });

  for (const [name, signal] of [
    ['nothing', undefined],
    ['null', null],
  ]) {
    it(`takes ${name} as no signal`, async () => {
      assert.deepEqual(await callWith(signal), SUCCESS);
    });
  }

  it('needs no options', async () => {
    for (const options of [undefined, null, {}, 7, 'text']) {
      assert.deepEqual(await module.default.initByCaller(sample(), options), SUCCESS);
    }
  });

  for (const [name, signal] of [
    ['a controller', new AbortController()],
    ['an object', {}],
    ['a number', 7],
    ['true', true],
    ['a signal whose methods throw', { aborted: false, addEventListener: throwing, removeEventListener: throwing }],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          get() {
            throw new Error('a trap');
          },
        },
      ),
    ],
  ]) {
    it(`refuses ${name} as a signal`, async () => {
      const reason = 'initByCaller:fail options.signal: expected an AbortSignal';
      await assertRejects(module, callWith(signal), 1004, reason);
      assert.equal(host.calls.length, 0);
    });
  }

  it('is settled by a signal that cannot be listened to no longer', async () => {
    const removeEventListener = () => {
      throw new Error('no events');
    };
    const signal = { aborted: false, addEventListener() {}, removeEventListener };
    const before = timers();
    assert.deepEqual(await callWith(signal), SUCCESS);
    assert.equal(timers(), before);
    await assertWorks(module, host);
  });

  it('by a signal that calls back at once sends nothing', async () => {
    const signal = {
      aborted: false,
      reason: 'gone',
      addEventListener: (_type, listener) => listener(),
      removeEventListener() {},
    };
    await assertRejects(module, callWith(signal), 1008, cancelled('gone'));
    assert.equal(host.calls.length, 0);
  });

  it('by the host itself, as it begins to send, gives that request up', async () => {
    const controller = new AbortController();
    host.behave(() => {
      controller.abort('gone');
      return new Promise(() => {});
    });
    assertFailure(module, await callWith(controller.signal), 1008, cancelled('gone'));
    assert.equal(host.calls[0].init.signal.aborted, true);
  });

  it('between its token and its request rejects, and nothing is sent', async () => {
    const controller = new AbortController();
    const getDeviceToken = () => ({
      then(resolve) {
        resolve('token');
        controller.abort('gone');
      },
    });
    module.configure({ getDeviceToken });
    const made = callWith(controller.signal, { voipToken: '' });
    await assertRejects(module, made, 1008, cancelled('gone'));
    assert.deepEqual([host.calls.length, host.retracted.length], [0, 0]);
  });

  it("is cancelled by a timeout of the caller's own", async () => {
    host.behave(() => new Promise(() => {}));
    const result = await within(callWith(AbortSignal.timeout(20)), 5_000, 'the signal');
    assert.equal(result.errCode, 1008);
    assert.equal(result.errObj.cause.name, 'TimeoutError');
    host.behave(created);
  });
});
