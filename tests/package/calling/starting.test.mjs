// What a call is told before its request has left: another one is starting, it is made on the wrong host, or the
// host cannot give the device's token. And what a released mini-program does to it.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { within } from '../../support/bounded.mjs';
import { assertRejects, assertWorks, call, configured, created, fakeFetch, fakeWx } from '../../support/fakes.mjs';
import { freshModule } from '../../support/module.mjs';
import { sample, SUCCESS } from '../../support/requests.mjs';

const host = fakeFetch();
const fresh = (options) => configured(freshModule(), { fetch: host.fetch }, options);
const sent = () => JSON.parse(host.calls.at(-1).init.body);

beforeEach(() => {
  host.behave();
  host.calls.length = 0;
});

describe('a second call', { timeout: 60_000 }, () => {
  const BUSY = 'initByCaller:fail another call is starting: wait until its promise has settled';

  it('is refused while the first one starts, whoever makes it', async () => {
    const module = fresh();
    await assertWorks(module, host);
    let answer;
    host.behave(() => new Promise((resolve) => (answer = resolve)));
    const first = call(module);
    await assertRejects(module, call(module), 1005, BUSY);
    module.configure({ token: 'another-party' });
    await assertRejects(module, call(module), 1005, BUSY);
    answer(created());
    assert.deepEqual(await first, SUCCESS);
    await assertWorks(module, host);
  });

  it('is refused also while the wasm starts', async () => {
    const module = fresh();
    const [first, second] = await Promise.allSettled([call(module), call(module)]);
    assert.deepEqual(first.value, SUCCESS);
    assert.equal(second.reason.errCode, 1005);
  });

  it('is told first what is wrong with it', async () => {
    const module = fresh();
    const first = call(module);
    const reason = "roomType: expected 'voice' or 'video', got nothing";
    await assertRejects(module, call(module, { roomType: null }), 1004, `initByCaller:fail ${reason}`);
    assert.deepEqual(await first, SUCCESS);
  });

  for (const [name, behave] of [
    ['was answered', created],
    ['was refused', () => ({ status: 403, text: async () => '{"errcode":9,"errmsg":"no"}' })],
    ['failed', () => Promise.reject(new Error('no'))],
    ['was answered with nonsense', () => undefined],
  ]) {
    it(`may be made as soon as the first one ${name}`, async () => {
      const module = fresh();
      host.behave(behave);
      await call(module);
      await assertWorks(module, host);
    });
  }

  it('may be made when the first one was wrong', async () => {
    const module = fresh();
    await assert.rejects(call(module, { roomType: 'phone' }));
    await assertWorks(module, host);
  });

  it('may be made in another realm meanwhile', async () => {
    const [one, another] = [fresh(), fresh()];
    assert.deepEqual(await Promise.all([call(one), call(another)]), [SUCCESS, SUCCESS]);
  });
});

describe('a host that says which end it is', { timeout: 60_000 }, () => {
  const device =
    'a call of businessType 1 is made by the device, and this host is a phone: call from the device, or use businessType 2';
  const phone =
    'a call of businessType 2 is made by the phone, and this host is a device: call from the phone, or use businessType 1';

  for (const [role, businessType, errCode, reason] of [
    ['phone', 1, 1006, device],
    ['device', 2, 1007, phone],
    ['device', 1],
    ['phone', 2],
    ['device', 0],
    ['phone', 0],
    ['device', 3],
    ['phone', 3],
    [undefined, 1],
    [undefined, 2],
  ]) {
    it(`as ${role} ${errCode ? 'may not' : 'may'} make a call of businessType ${businessType}`, async () => {
      const module = fresh({ role });
      const made = call(module, { businessType });
      if (errCode === undefined) {
        assert.deepEqual(await made, SUCCESS);
        return;
      }
      await assertRejects(module, made, errCode, `initByCaller:fail ${reason}`);
      assert.equal(host.calls.length, 0);
      module.configure({ role: undefined });
      await assertWorks(module, host);
    });
  }
});

describe('the deviceToken of a device that was given none', { timeout: 60_000 }, () => {
  const FETCHED = 'fetched-s3cret';

  for (const [name, getDeviceToken] of [
    ['a promise', async () => FETCHED],
    ['a promise of another kind', () => ({ then: (resolve) => resolve(FETCHED) })],
    ['a string', () => FETCHED],
  ]) {
    for (const voipToken of [undefined, null, '']) {
      it(`is fetched by the host, which gives ${name}, where voipToken is ${JSON.stringify(voipToken)}`, async () => {
        const module = fresh({ getDeviceToken });
        assert.deepEqual(await call(module, { voipToken }), SUCCESS);
        const { deviceToken, ...rest } = sent();
        assert.equal(deviceToken, FETCHED);
        assert.equal('voipToken' in rest, false, 'such a device must not pass one');
      });
    }
  }

  it('is fetched for each call', async () => {
    let fetched = 0;
    const module = fresh({ getDeviceToken: () => `token-${fetched++}` });
    for (const expected of ['token-0', 'token-1']) {
      await call(module, { voipToken: undefined });
      assert.equal(sent().deviceToken, expected);
    }
  });

  it('is fetched for no other call', async () => {
    const module = fresh({ getDeviceToken: () => assert.fail('it was asked') });
    for (const changes of [{}, { businessType: 0 }, { businessType: 2 }, { businessType: 3 }]) {
      assert.deepEqual(await call(module, changes), SUCCESS);
      assert.equal('deviceToken' in sent(), false);
    }
    await assert.rejects(call(module, { businessType: 2, voipToken: '' }));
    await assert.rejects(call(module, { roomType: 'phone', voipToken: '' }));
  });

  it('is left out by a host that was given no way to fetch one', async () => {
    const module = fresh();
    assert.deepEqual(await call(module, { voipToken: '' }), SUCCESS);
    assert.deepEqual(['deviceToken' in sent(), 'voipToken' in sent()], [false, false]);
  });

  it('cannot be passed by the caller', async () => {
    const module = fresh();
    assert.deepEqual(await call(module, { voipToken: '', deviceToken: 'mine' }), SUCCESS);
    assert.equal('deviceToken' in sent(), false);
  });

  const wrong = (got) => `configure.getDeviceToken: expected a deviceToken, a non-empty string, got ${got}`;
  const cause = Object.assign(new Error('not registered'), { errno: 7 });
  for (const [name, getDeviceToken, reason, kept] of [
    ['rejects', () => Promise.reject(cause), 'the host gave no deviceToken: not registered', cause],
    [
      'throws',
      () => {
        throw cause;
      },
      'the host gave no deviceToken: not registered',
      cause,
    ],
    [
      'fails as wx does',
      () => Promise.reject({ errMsg: 'getDeviceToken:fail' }),
      'the host gave no deviceToken: getDeviceToken:fail',
    ],
    ['gives nothing', async () => {}, wrong('nothing')],
    ['gives null', async () => null, wrong('nothing')],
    ['gives an empty string', async () => '', wrong('an empty string')],
    ['gives a number', async () => 7, wrong('a number')],
    ['gives an object', async () => ({ token: FETCHED }), wrong('an object')],
    [
      'gives what throws',
      () => ({
        get then() {
          throw new Error('a trap');
        },
      }),
      'the host gave no deviceToken: a trap',
    ],
  ]) {
    it(`is 1000 where the host ${name}`, async () => {
      const module = fresh({ getDeviceToken });
      const made = call(module, { voipToken: '' });
      const error = await assertRejects(module, made, 1000, `initByCaller:fail ${reason}`);
      if (kept) assert.deepEqual([error.cause, error.errno], [kept, 7]);
      assert.equal(host.calls.length, 0, 'nothing was sent');
      await assertWorks(module, host);
    });
  }

  it('is 1000 where the host never answers', async () => {
    const module = fresh({ timeout: 50, getDeviceToken: () => new Promise(() => {}) });
    const made = within(call(module, { voipToken: '' }), 5_000, 'the timeout');
    const reason = 'initByCaller:fail the host gave no deviceToken within 50 ms';
    await assertRejects(module, made, 1000, reason);
    await assertWorks(module, host);
  });

  it('and its request share one timeout', async () => {
    const mini = fakeWx();
    const later = (value) => new Promise((resolve) => setTimeout(resolve, 150, value));
    const options = { wx: mini.wx, timeout: 5_000, getDeviceToken: () => later(FETCHED) };
    const module = configured(freshModule(), options);
    assert.deepEqual(await call(module, { voipToken: '' }), SUCCESS);
    const [{ options: request }] = mini.calls;
    assert.ok(request.timeout <= 4_855, `${request.timeout} ms are left`);
  });

  it('has to be fetched by a function', async () => {
    const module = fresh({ getDeviceToken: 'token-s3cret' });
    const reason = 'configure.getDeviceToken: expected a function that gives a deviceToken';
    await assertRejects(module, call(module), 1004, `initByCaller:fail ${reason}`);
  });
});

describe('miniprogramState', { timeout: 60_000 }, () => {
  const account = (envVersion) => ({ miniProgram: { appId: 'wx', envVersion } });
  const mini = fakeWx();
  const stateSent = () => JSON.parse(mini.calls.at(-1).options.data).miniprogramState;
  const withAccount = (getAccountInfoSync) => {
    mini.wx.getAccountInfoSync = getAccountInfoSync;
    return configured(freshModule(), { wx: mini.wx });
  };

  for (const [name, getAccountInfoSync, state] of [
    ['a released mini-program', () => account('release'), 'formal'],
    ['a trial version', () => account('trial'), 'developer'],
    ['a developer version', () => account('develop'), 'developer'],
    ['a host that does not say', () => account(undefined), 'developer'],
    ['a host without an account', () => undefined, 'developer'],
    [
      'a host whose account throws',
      () => {
        throw new Error('no account');
      },
      'developer',
    ],
    ['a host without getAccountInfoSync', undefined, 'developer'],
  ]) {
    it(`is ${state} in ${name} that passes developer`, async () => {
      const module = withAccount(getAccountInfoSync);
      assert.deepEqual(await call(module), SUCCESS);
      assert.equal(stateSent(), state);
    });
  }

  it("is asked of the host's own wx, too", async (t) => {
    globalThis.wx = { getAccountInfoSync: () => account('release') };
    t.after(() => delete globalThis.wx);
    assert.deepEqual(await call(fresh()), SUCCESS);
    assert.equal(sent().miniprogramState, 'formal');
  });

  it('is checked all the same', async () => {
    const module = withAccount(() => account('release'));
    const reason = "miniprogramState: expected 'formal', 'trial' or 'developer', got the string 'release'";
    await assertRejects(module, call(module, { miniprogramState: 'release' }), 1004, `initByCaller:fail ${reason}`);
    assert.deepEqual(await module.check(sample()), []);
  });
});
