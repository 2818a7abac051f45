// The mini-programs of docs/guides.md on the hosts that they are for, with the real service; and the mistakes that the guides
// warn of.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { mistakesOf } from '../../support/guides.mjs';
import { startService } from '../../support/service.mjs';
import { temporaryDirectory } from '../../support/temporary.mjs';
import { assertAnswers, onSockets } from './answering.mjs';
import { miniPrograms, place } from './guides.mjs';
import { createHost } from './host.mjs';
import { startMiniProgram } from './mini-program.mjs';
import { globalsOf, PROFILES } from './profiles.mjs';

const APPS = PROFILES.filter(({ name }) => name.startsWith('WeChat') && name.endsWith('an app'));
const PLUGINS = PROFILES.filter(({ name }) => name.startsWith('WeChat') && name.endsWith('a plugin'));

describe('the guides', { timeout: 120_000 }, () => {
  let service;
  let directory;
  const at = (name) => join(directory.path, name);
  before(async () => {
    [service, directory] = await Promise.all([startService(), temporaryDirectory()]);
    const { app, devTools, plugin, user } = await miniPrograms(service.endpoint);
    await Promise.all([
      place(at('app'), app),
      place(at('devTools'), devTools),
      place(at('plugin'), plugin, 'wmpf-voip'),
      place(at('user'), user, 'nowhere'),
    ]);
  });
  after(() => Promise.all([service?.stop(), directory?.remove()]));

  async function assertRings(app) {
    const page = app.open('pages/index/index');
    await app.idle();
    assert.equal(page.data.isReady, true);
    await page.call();
    assert.equal(page.data.message, 'It rings');
    page.handsets.phone.id = 'oNobody';
    await page.call();
    assert.match(page.data.message, /^initByCaller:fail listener\.id: /);
  }

  for (const profile of APPS) {
    it(`have a mini-program that calls: ${profile.name}`, async () => {
      await assertRings(startMiniProgram(at('app'), { profile }));
    });

    it(`have one that is called, and takes part in the call: ${profile.name}`, async () => {
      const [caller, listener] = [onSockets(at('app'), { profile }), onSockets(at('app'), { profile })];
      await assertAnswers(caller, listener);
    });

    it(`have one that says why it cannot call without a service: ${profile.name}`, async () => {
      const wx = { request: ({ fail }) => fail({ errMsg: 'request:fail refused' }) };
      const page = startMiniProgram(at('app'), { profile, wx }).open('pages/index/index');
      assert.deepEqual(page.data, { message: 'request:fail refused', isReady: false });

      const logged = [];
      const console = { error: (line) => logged.push(line) };
      const inDevTools = { ...wx, getDeviceInfo: () => ({ platform: 'devtools' }) };
      const app = startMiniProgram(at('devTools'), { profile, wx: inDevTools, console });
      const { wmpfVoip } = app.open('pages/index/index');
      assert.deepEqual(logged, [`no token from ${service.endpoint}: request:fail refused`]);
      const made = wmpfVoip.initByCaller({
        roomType: 'voice',
        businessType: 1,
        caller: { id: 'a' },
        listener: { id: 'b' },
      });
      const { errCode, errMsg } = await made.then(
        () => assert.fail('nobody is called'),
        (error) => error,
      );
      assert.equal(errCode, 1004);
      assert.match(errMsg, (await mistakesOf('In a mini-program'))[0].errMsg);
    });

    it(`have one that uses this module in DevTools and the real plugin on phones: ${profile.name}`, async () => {
      const on = (platform, requirePlugin) => {
        const wx = { getDeviceInfo: () => ({ platform }) };
        const app = startMiniProgram(at('devTools'), { profile, wx, requirePlugin });
        return { app, wmpfVoip: app.open('pages/index/index').wmpfVoip };
      };
      const real = { default: { initByCaller() {} } };
      assert.equal(on('ios', (name) => name === 'wmpf-voip' && real).wmpfVoip, real.default);

      const { app, wmpfVoip } = on('devtools', () => assert.fail('there is no real plugin'));
      await app.idle();
      const { device, phone } = (await service.demo()).handsets;
      const result = await wmpfVoip.initByCaller({
        roomType: 'video',
        businessType: 1,
        caller: { id: device.id },
        listener: { id: phone.id },
        voipToken: device.deviceToken,
      });
      assert.equal(result.isSuccess, true, result.errMsg);
      assert.equal(typeof wmpfVoip.onVoipEvent(() => {}), 'function');
    });
  }

  for (const profile of PLUGINS) {
    const behaviour = { folder: '/wmpf-voip/' };
    it(`have a plugin, and a mini-program that calls by it: ${profile.name}`, async () => {
      const plugin = startMiniProgram(at('plugin'), { profile, behaviour }).require('./index.js');
      await assertRings(startMiniProgram(at('user'), { profile, requirePlugin: () => plugin }));
    });

    it(`have a mini-program that waits for calls by a plugin: ${profile.name}`, async () => {
      const plugin = onSockets(at('plugin'), { profile, behaviour }).app.require('./index.js');
      const listener = onSockets(at('user'), { profile, requirePlugin: () => plugin });
      await assertAnswers(onSockets(at('app'), { profile: APPS[0] }), { ...listener, plugin });
    });

    it(`have a plugin whose load is tried again by the next call: ${profile.name}`, async () => {
      let isRefused = true;
      const refuse = () => {
        if (isRefused) throw new Error('not now');
      };
      const plugin = startMiniProgram(at('plugin'), { profile, behaviour: { ...behaviour, refuse } }).require(
        './index.js',
      );
      const call = () => plugin.default.initByCaller({}).then(undefined, (error) => error);
      const [{ errCode, errMsg }, ...more] = await mistakesOf('In a plugin');
      assert.deepEqual(more, []);
      const failed = await call();
      assert.equal(failed.errCode, errCode);
      assert.match(failed.errMsg, errMsg);
      isRefused = false;
      assert.equal((await call()).errCode, 1004, 'it is loaded');
    });
  }

  it('warn of mistakes with the errors that they end in', async () => {
    const [app] = APPS;
    const endpoint = 'https://rooms.example.com';
    const configured = { endpoint, token: 'session-token' };
    const request = ({ fail }) => fail({ errMsg: 'request:fail url not in domain list' });
    const made = [];
    for (const [globals, options] of [
      [globalsOf(app).globals, {}],
      [{ ...globalsOf(app).globals, wx: { request } }, configured],
      [globalsOf(app, { folder: '/sub/' }).globals, configured],
      [{ wx: { request } }, configured],
    ]) {
      const { module } = createHost(globals, app.engine);
      module.configure(options);
      const call = { roomType: 'voice', businessType: 1, caller: { id: 'SN-1' }, listener: { id: 'o1' } };
      made.push(
        await module.default.initByCaller(call).then(
          (result) => result,
          (error) => error,
        ),
      );
    }
    const documented = await mistakesOf('In a mini-program');
    assert.equal(documented.length, made.length);
    for (const [index, { errCode, errMsg }] of documented.entries()) {
      assert.equal(made[index].errCode, errCode);
      assert.match(made[index].errMsg, errMsg);
    }
  });
});
