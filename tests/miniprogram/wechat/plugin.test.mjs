// The plugin's project as a maker takes it from the package: WeChat's compiler compiles it, and what it makes of it
// calls, from the mini-program beside it, through the real service.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { parse } from 'acorn';

import { assertScenario } from '../../package/loading/expected.mjs';
import { startHosts } from '../../package/loading/hosts.mjs';
import { DIST } from '../hosts/code-package.mjs';
import { connectSocket } from '../hosts/connect-socket.mjs';
import { compiledScenario } from '../hosts/scenario.mjs';
import { fakeSockets } from '../../support/fake-sockets.mjs';
import { blocksOf } from '../../support/guides.mjs';
import { APPID, compiledPlugin, filesOf } from './compile.mjs';
import { assertOneAtATime } from './one-at-a-time.mjs';
import { account, CALL_PAGE, FOLDER, PLUGIN_PROFILES, startPlugin, until } from './plugin-host.mjs';

const DOCUMENTED = 'plugin-private://wxf830863afde621eb/pages/call-page-plugin/call-page-plugin';
const WASM = `${FOLDER}wmpf_voip_bg.wasm`;

describe("the plugin in WeChat's tools", { timeout: 300_000 }, () => {
  let hosts;
  let compiled;
  let scenario;
  before(async () => {
    hosts = await startHosts();
    scenario = await compiledScenario();
    compiled = await compiledPlugin();
  });
  after(async () => {
    await compiled?.remove();
    await hosts?.stop();
  });

  const read = (name) => readFile(join(compiled.out, name));
  const json = async (name) => JSON.parse(await read(name));

  it('is compiled with its wasm, and with the mini-program that uses it', async () => {
    for (const name of ['wmpf_voip_bg.wasm', 'wmpf_voip_bg.wasm.br']) {
      assert.ok((await read(`plugin${FOLDER}${name}`)).equals(await readFile(join(DIST, name))), name);
    }
    const { plugins } = await json('miniprogram/app.json');
    assert.deepEqual(plugins, { 'wmpf-voip': { version: 'dev', provider: APPID } });
  });

  it('is compiled to what every engine reads', async () => {
    const files = await filesOf(compiled.out, '.js');
    assert.ok(files.length > 8, `${files.length} files`);
    for (const file of files) parse(await readFile(file, 'utf8'), { ecmaVersion: 5 });
  });

  it('needs no compiler on engines of 2017', async () => {
    const files = await filesOf(compiled.source, '.js');
    assert.ok(files.length > 8, `${files.length} files`);
    for (const file of files) parse(await readFile(file, 'utf8'), { ecmaVersion: 2017 });
  });

  for (const profile of PLUGIN_PROFILES) {
    for (const [wasm, behaviour, expected] of [
      ['the compressed wasm', {}, [`${WASM}.br`]],
      ['the wasm', { refuse: refusesCompressed }, [`${WASM}.br`, `${WASM}.br`, WASM]],
    ]) {
      it(`does what the package does, with ${wasm}, on ${profile.name}`, async () => {
        const { host, paths, requirePlugin } = startPlugin(compiled, { profile, behaviour });
        const before = new Set(host.changed());
        const module = requirePlugin('wmpf-voip');
        const called = [...paths];
        const sideEffects = () => ({ called, added: host.changed().filter((name) => !before.has(name)) });
        const { runScenario } = host.load('scenario.js', scenario, { sideEffects });
        const report = await runScenario(module, hosts.addresses);
        // Nobody has said whose plugin it is, so the path is the documented one.
        assertScenario(JSON.parse(JSON.stringify(report)), hosts.addresses);
        assert.deepEqual(paths, expected);
      });
    }
  }

  it('takes another place of the wasm, as long as nothing is loaded', async () => {
    const behaviour = { folder: '/elsewhere/' };
    const { paths, requirePlugin } = startPlugin(compiled, { behaviour });
    const { init, check } = requirePlugin('wmpf-voip');
    await assert.rejects(check({}), ({ errCode }) => errCode === 1011);
    await init('/elsewhere/wmpf_voip_bg.wasm.br');
    assert.equal((await check({ roomType: 'video' }))[0].path, 'caller');
    assert.equal(paths.at(-1), '/elsewhere/wmpf_voip_bg.wasm.br');
  });

  it('explains codes', () => {
    const { explain } = startPlugin(compiled).requirePlugin('wmpf-voip');
    assert.equal(explain(9).name, 'NotAuthorised');
  });

  for (const [host, getAccountInfoSync, expected] of [
    ['says whose plugin it is', account, `plugin-private://${APPID}/${CALL_PAGE}`],
    ['does not say it', () => ({ miniProgram: {} }), DOCUMENTED],
    ['cannot say it', undefined, DOCUMENTED],
  ]) {
    it(`has a path of its call page that is right where the host ${host}`, async () => {
      const plugin = startPlugin(compiled, { wx: { getAccountInfoSync } });
      const { CALL_PAGE_PATH } = plugin.requirePlugin('wmpf-voip').default;
      assert.equal(CALL_PAGE_PATH, expected);
      const { pages } = await json('plugin/plugin.json');
      const path = CALL_PAGE_PATH.replace(/^plugin-private:..[^/]+./, '');
      assert.ok(Object.values(pages).includes(path), path);
      for (const ending of ['js', 'json', 'wxml', 'wxss']) await read(`plugin/${path}.${ending}`);
    });
  }

  it('has the whole documented surface', () => {
    const { default: wmpfVoip, ...module } = startPlugin(compiled).requirePlugin('wmpf-voip');
    const functions = Object.keys(wmpfVoip).filter((name) => typeof wmpfVoip[name] === 'function');
    assert.deepEqual(functions.sort(), [
      'callDevice',
      'callWMPF',
      'forceHangUpVoip',
      'getIotBindContactList',
      'getPluginEnterOptions',
      'getPluginOnloadOptions',
      'initByCaller',
      'onVoipEvent',
      'setCustomBtnText',
      'setUIConfig',
      'setVoipEndPagePath',
    ]);
    for (const name of [
      'configure',
      'init',
      'check',
      'explain',
      'explainAbort',
      'listen',
      'openCall',
      'VoipError',
      'VoipJoinError',
    ]) {
      assert.equal(typeof module[name], 'function', name);
    }
  });

  it('has a documented page that opens one of two calls that ring at once, and the other one afterwards', async () => {
    const blocks = await blocksOf('pkg-template/plugin/doc/README.md');
    const { code } = blocks.find(({ code }) => code.includes('listen('));
    await mkdir(join(compiled.out, 'miniprogram/pages/documented'), { recursive: true });
    await writeFile(
      join(compiled.out, 'miniprogram/pages/documented/documented.js'),
      code.replace('接听方的会话 token', 'token'),
    );
    const {
      hosts: { 'wx.connectSocket': wx },
      sockets,
    } = fakeSockets();
    const told = [];
    const navigateTo = (options) => told.push(options);
    const plugin = startPlugin(compiled, { wx: { ...wx, getAccountInfoSync: account, navigateTo } });
    const page = plugin.openPage('pages/documented/documented');
    await assertOneAtATime({ page, sockets, told, path: `plugin-private://${APPID}/${CALL_PAGE}` });
  });

  describe('used by the mini-program beside it', () => {
    /** The mini-program's page with these settings, and what it told the platform. */
    function openForm(settings, wx) {
      const told = [];
      const going = [];
      const stored = new Map([['settings', settings]]);
      const plugin = startPlugin(compiled, {
        wx: {
          connectSocket,
          getAccountInfoSync: account,
          getDeviceInfo: () => ({ platform: 'devtools' }),
          getStorageSync: (key) => stored.get(key) ?? '',
          setStorageSync: (key, value) => stored.set(key, value),
          navigateTo(options) {
            told.push(options.url);
            going.push(options);
          },
          redirectTo: ({ url }) => told.push(url),
          showToast: ({ title, icon }) => told.push(`${title} ${icon}`),
          ...wx,
        },
      });
      const requestOf = plugin.host.evaluate('wx').request;
      // What the platform takes as the default.
      plugin.host.evaluate('wx').request = (options) =>
        requestOf({ method: 'GET', dataType: 'json', timeout: 60_000, ...options });
      return { plugin, told, going, page: plugin.openPage('pages/index/index') };
    }

    const PAGE = `plugin-private://${APPID}/${CALL_PAGE}`;
    const isFilled = ({ page }) => until(() => page.data.settings.token, 'the demo data are there');

    it('calls and is called with what the demo service gives, in DevTools', async () => {
      const { endpoint } = hosts.addresses;
      const [waiting, calling] = [openForm({ endpoint }), openForm({ endpoint })];
      waiting.page.useDemoPhone();
      await isFilled(waiting);
      waiting.page.listen();
      await until(() => waiting.page.data.listening === '等待来电', 'it listens');

      calling.page.useDemoDevice();
      await isFilled(calling);
      await calling.page.call();
      assert.deepEqual(calling.told, [PAGE], calling.page.data.errMsg);
      const outgoing = calling.plugin.openPluginPage(CALL_PAGE);
      await until(() => outgoing.data.name === '接听方名字', 'the call is known');
      assert.deepEqual([outgoing.data.state, outgoing.data.roomType], ['outgoing', 'video']);

      /** The page of the next call. */
      async function called() {
        await until(() => waiting.told.length > 0, 'it is called');
        const [[path, query], ...others] = waiting.told.splice(0).map((url) => url.split('?'));
        assert.deepEqual([path, others], [PAGE, []]);
        waiting.page.onHide();
        const pairs = query.split('&').map((pair) => pair.split('='));
        return waiting.plugin.openPluginPage(CALL_PAGE, Object.fromEntries(pairs));
      }
      const isOurs = (page) => page.call.view.roomId === outgoing.call.view.roomId;
      let incoming = await called();
      // Calls of other tests still ring there.
      for (; !isOurs(incoming); incoming = await called()) {
        incoming.hangUp();
        incoming.onUnload();
        waiting.page.onShow();
      }
      incoming.answer();
      await until(() => incoming.data.state === 'connected', 'both talk');
      await until(() => outgoing.data.state === 'connected', 'both talk');
      outgoing.hangUp();
      await until(() => incoming.data.state === 'ended', 'it is over');

      // What rings while a call has the screen waits until the page is back.
      calling.told.length = 0;
      await calling.page.call();
      const next = calling.plugin.openPluginPage(CALL_PAGE);
      await until(() => next.data.name === '接听方名字', 'the call is known');
      assert.deepEqual(waiting.told, []);
      waiting.page.onShow();
      await until(() => waiting.told.some((url) => url.includes(next.call.view.roomId)), 'it is called again');
      next.hangUp();
      next.onUnload();

      waiting.page.stopListening();
      assert.equal(waiting.page.data.listening, '');
      outgoing.onUnload();
      incoming.onUnload();
    });

    it('opens one of two calls that ring at once, and the other one afterwards', async () => {
      const {
        hosts: { 'wx.connectSocket': wx },
        sockets,
      } = fakeSockets();
      const { page, going } = openForm({ endpoint: 'http://room.test', token: 'token' }, wx);
      page.listen();
      await assertOneAtATime({ page, sockets, told: going, path: PAGE });
      going[0].fail({ errMsg: 'navigateTo:fail' });
      assert.deepEqual([page.data.errMsg, page.data.listening], ['navigateTo:fail', '']);
    });

    it('calls from the phone, too', async () => {
      const { endpoint } = hosts.addresses;
      const { plugin, told, page } = openForm({ endpoint });
      page.useDemoPhone();
      await isFilled({ page });
      await page.call();
      assert.deepEqual(told, [PAGE], page.data.errMsg);
      const call = plugin.openPluginPage(CALL_PAGE);
      await until(() => /Video Doorbell/.test(call.data.name), 'the call is known');
      call.onUnload();
    });

    it('says why it cannot wait for calls', () => {
      const { page } = openForm({ endpoint: hosts.addresses.endpoint, token: '' });
      page.listen();
      assert.match(page.data.errMsg, /^listen:fail configure\.token: expected a session token/);
      assert.equal(page.data.listening, '');
    });

    it('shows what is wrong with a call', async () => {
      const { endpoint, handsets } = hosts.addresses;
      const { device } = handsets;
      const settings = { endpoint, token: device.token, callerId: device.id, voipToken: device.deviceToken };
      const thrown = openForm({ ...settings, listenerId: '' });
      await thrown.page.call();
      assert.deepEqual(thrown.told, ['呼叫失败 error']);
      assert.match(thrown.page.data.errMsg, /^initByCaller:fail listener\.id: expected a non-empty string/);

      const returned = openForm({ ...settings, listenerId: 'oDemo-Nobody-000000000000000' });
      await returned.page.call();
      assert.deepEqual(returned.told, ['呼叫失败 error']);
      assert.match(returned.page.data.errMsg, /^initByCaller:fail listener\.id: no user has the openId/);
    });
  });
});

function refusesCompressed(path) {
  if (path.endsWith('.br')) throw { errMsg: `instantiate:fail ${path} is an invalid wasm file` };
}
