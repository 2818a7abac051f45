// The mini-programs of docs/guides.md as WeChat's compiler makes them, on each of WeChat's hosts.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { assertAnswers, onSockets } from '../hosts/answering.mjs';
import { miniPrograms, OF_PROJECT, place } from '../hosts/guides.mjs';
import { startMiniProgram } from '../hosts/mini-program.mjs';
import { PROFILES } from '../hosts/profiles.mjs';
import { fakeSockets } from '../../support/fake-sockets.mjs';
import { save } from '../../support/guides.mjs';
import { startService } from '../../support/service.mjs';
import { createProject } from '../../support/tarball.mjs';
import { temporaryDirectory } from '../../support/temporary.mjs';
import { compile } from './compile.mjs';
import { assertOneAtATime } from './one-at-a-time.mjs';

const OF_WECHAT = PROFILES.filter(({ name }) => name.startsWith('WeChat'));
const APPS = OF_WECHAT.filter(({ name }) => name.endsWith('an app'));
const PLUGINS = OF_WECHAT.filter(({ name }) => name.endsWith('a plugin'));

const PLUGIN_PROJECT = JSON.stringify({
  appid: 'wx0000000000000000',
  compileType: 'plugin',
  pluginRoot: 'plugin/',
  miniprogramRoot: 'miniprogram/',
});

describe("the guides' mini-programs in WeChat's tools", { timeout: 300_000 }, () => {
  let service;
  const projects = [];
  const compiled = {};
  before(async () => {
    service = await startService();
    const { app, devTools, plugin, user } = await miniPrograms(service.endpoint);
    for (const [name, files] of Object.entries({ app, devTools })) {
      const project = await createProject();
      projects.push(project);
      await save(project.path, [...files, ...OF_PROJECT]);
      compiled[name] = join(project.path, 'out');
      await compile('miniProgram', project.path, compiled[name]);
    }
    const directory = await temporaryDirectory();
    projects.push(directory);
    const source = join(directory.path, 'source');
    await place(join(source, 'plugin'), new Map([...plugin, ['plugin.json', '{ "main": "index.js" }']]), 'wmpf-voip');
    await save(join(source, 'miniprogram'), [...user, ...OF_PROJECT]);
    await save(source, [['project.config.json', PLUGIN_PROJECT]]);
    compiled.plugin = join(directory.path, 'out');
    await compile('miniProgramPlugin', source, compiled.plugin);
  });
  after(async () => {
    await service?.stop();
    for (const project of projects) await project.remove();
  });

  for (const profile of APPS) {
    it(`call: ${profile.name}`, async () => {
      const app = startMiniProgram(compiled.app, { profile });
      const page = app.open('pages/index/index');
      await app.idle();
      await page.call();
      assert.equal(page.data.message, 'It rings');
    });

    it(`are called, and take part in the call: ${profile.name}`, async () => {
      const [caller, listener] = [onSockets(compiled.app, { profile }), onSockets(compiled.app, { profile })];
      await assertAnswers(caller, listener);
    });

    it(`open one of two calls that ring at once, and the other one afterwards: ${profile.name}`, async () => {
      const { hosts, sockets } = fakeSockets();
      const told = [];
      const wx = { ...hosts['wx.connectSocket'], navigateTo: (options) => told.push(options) };
      const app = startMiniProgram(compiled.app, { profile, wx });
      const page = app.open('pages/waiting/waiting');
      await app.idle();
      await assertOneAtATime({ page, sockets, told, path: '/pages/call/call' });
      told[0].fail({ errMsg: 'navigateTo:fail' });
      assert.equal(page.data.message, 'navigateTo:fail');
    });

    it(`use the real plugin on phones and this module in DevTools: ${profile.name}`, () => {
      const on = (platform, requirePlugin) => {
        const wx = { getDeviceInfo: () => ({ platform }) };
        return startMiniProgram(compiled.devTools, { profile, wx, requirePlugin }).open('pages/index/index').wmpfVoip;
      };
      const real = { default: {} };
      assert.equal(
        on('android', () => real),
        real.default,
      );
      const used = on('devtools', () => assert.fail('there is no real plugin'));
      assert.equal(typeof used.initByCaller, 'function');
    });
  }

  for (const profile of PLUGINS) {
    it(`call by a plugin: ${profile.name}`, async () => {
      const behaviour = { folder: '/wmpf-voip/' };
      const plugin = startMiniProgram(join(compiled.plugin, 'plugin'), { profile, behaviour }).require('./index.js');
      const root = join(compiled.plugin, 'miniprogram');
      const user = startMiniProgram(root, { profile, requirePlugin: () => plugin });
      const page = user.open('pages/index/index');
      await user.idle();
      await page.call();
      assert.equal(page.data.message, 'It rings');
    });

    it(`wait for calls by a plugin: ${profile.name}`, async () => {
      const behaviour = { folder: '/wmpf-voip/' };
      const plugin = onSockets(join(compiled.plugin, 'plugin'), { profile, behaviour }).app.require('./index.js');
      const listener = onSockets(join(compiled.plugin, 'miniprogram'), { profile, requirePlugin: () => plugin });
      await assertAnswers(onSockets(compiled.app, { profile: APPS[0] }), { ...listener, plugin });
    });
  }
});
