// How call pages look and where they go: setUIConfig, setCustomBtnText and setVoipEndPagePath; and what pages were
// opened with.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { configured } from '../../support/fakes.mjs';
import { freshModule } from '../../support/module.mjs';

const SIDE = {
  cameraRotation: 0,
  aspectRatio: 4 / 3,
  horMirror: false,
  vertMirror: false,
  enableToggleCamera: true,
  objectFit: 'fill',
};
const DEFAULTS = {
  btnText: '',
  callerUI: SIDE,
  listenerUI: SIDE,
  handsFree: true,
  isSelfWindowMax: false,
  customBoxHeight: '90vh',
};

describe('a call page is set up', () => {
  let module;
  let voip;
  beforeEach(() => {
    module = configured(freshModule(), { fetch() {} });
    voip = module.default;
  });
  const page = (query = '?isPreLaunch=1') => module.openCall(query, { show() {} });
  const refused = (api, value, errMsg) =>
    assert.throws(
      () => voip[api](value),
      (error) => {
        assert.ok(error instanceof module.VoipPluginError, String(error));
        assert.deepEqual([error.errCode, error.errMsg], [1004, `${api}:fail ${errMsg}`]);
        return true;
      },
    );

  it('by defaults', () => {
    assert.deepEqual(page().view.ui, DEFAULTS);
    assert.equal(page().endPage(), undefined);
  });

  it('by everything that was said, and what is left out stays', () => {
    const callerUI = {
      cameraRotation: 270,
      aspectRatio: 2,
      horMirror: true,
      vertMirror: true,
      enableToggleCamera: false,
      objectFit: 'contain',
    };
    voip.setCustomBtnText('Open the door');
    voip.setUIConfig({
      callerUI,
      handsFree: false,
      isSelfWindowMax: true,
      customBoxHeight: '70vh',
      btnText: undefined,
    });
    const said = {
      callerUI,
      handsFree: false,
      isSelfWindowMax: true,
      customBoxHeight: '70vh',
      btnText: 'Open the door',
    };
    assert.deepEqual(page().view.ui, { ...DEFAULTS, ...said });
    voip.setUIConfig({ callerUI: {}, listenerUI: { objectFit: 'contain' }, customBoxHeight: '75vh' });
    const { callerUI: caller, listenerUI, customBoxHeight } = page().view.ui;
    assert.equal(customBoxHeight, '75vh');
    assert.deepEqual([caller, listenerUI], [SIDE, { ...SIDE, objectFit: 'contain' }]);
  });

  for (const [config, errMsg] of [
    [undefined, 'config: expected an object, got nothing'],
    [7n, 'config: expected an object, got a bigint'],
    [{ btnText: 7 }, 'config.btnText: expected a string, got 7'],
    [{ handsFree: 'yes' }, "config.handsFree: expected true or false, got the string 'yes'"],
    [{ customBoxHeight: '80vh' }, "config.customBoxHeight: expected '70vh' or '75vh' or '90vh', got the string '80vh'"],
    [{ callerUI: true }, 'config.callerUI: expected an object, got true'],
    [{ callerUI: { cameraRotation: 45 } }, 'config.callerUI.cameraRotation: expected 0 or 90 or 180 or 270, got 45'],
    [
      { callerUI: { cameraRotation: '90' } },
      "config.callerUI.cameraRotation: expected 0 or 90 or 180 or 270, got the string '90'",
    ],
    [{ listenerUI: { aspectRatio: NaN } }, 'config.listenerUI.aspectRatio: expected a number, got NaN'],
    [{ listenerUI: { aspectRatio: 0 } }, 'config.listenerUI.aspectRatio: expected a number greater than 0, got 0'],
    [
      {
        listenerUI: {
          get objectFit() {
            throw new Error('no');
          },
        },
      },
      'config.listenerUI.objectFit: expected a value, got a getter that throws (no)',
    ],
  ]) {
    it(`and refuses ${errMsg}`, () => {
      refused('setUIConfig', config, errMsg);
      assert.deepEqual(page().view.ui, DEFAULTS, 'nothing of it was taken');
    });
  }

  it('by a text for its button and nothing else', () => {
    refused('setCustomBtnText', undefined, 'text: expected a string, got nothing');
    refused('setCustomBtnText', {}, 'text: expected a string, got an object');
  });

  it('by the page that it goes to', () => {
    voip.setVoipEndPagePath({ url: '/pages/bound', key: 'BindContact' });
    assert.equal(page().endPage(), undefined);
    voip.setVoipEndPagePath({ url: '/pages/index', key: 'Call' });
    assert.deepEqual(page().endPage(), { url: '/pages/index', routeType: 'redirectTo' });
    voip.setVoipEndPagePath({ url: '/pages/index', key: 'Call', options: 'a=1', routeType: 'reLaunch' });
    assert.deepEqual(page().endPage(), { url: '/pages/index?a=1', routeType: 'reLaunch' });
  });

  for (const [req, errMsg] of [
    [null, 'req: expected an object, got nothing'],
    [{ key: 'Call' }, 'url: expected a non-empty string, got nothing'],
    [{ url: '/a' }, 'key: expected a non-empty string, got nothing'],
    [{ url: 7, key: 'Call' }, 'url: expected a string, got 7'],
    [{ url: '/a', key: 'call' }, "key: expected 'Call' or 'BindContact', got the string 'call'"],
    [{ url: '/a', key: 'Call', options: {} }, 'options: expected a string, got an object'],
    [
      { url: '/a', key: 'Call', routeType: 'navigateTo' },
      "routeType: expected 'redirectTo' or 'switchTab' or 'reLaunch', got the string 'navigateTo'",
    ],
  ]) {
    it(`and refuses ${errMsg}`, () => {
      refused('setVoipEndPagePath', req, errMsg);
      assert.equal(page().endPage(), undefined);
    });
  }

  it('and says what the last page was opened with, as it stands there', () => {
    assert.deepEqual(voip.getPluginOnloadOptions(), {});
    assert.deepEqual(voip.getPluginEnterOptions(), { path: '', query: {} });
    page('plugin-private://p/call?isPreLaunch=1&a=1%202');
    page({ isPreLaunch: '1', callSeq: '8' });
    assert.deepEqual(voip.getPluginOnloadOptions(), { isPreLaunch: '1', callSeq: '8' });
    assert.deepEqual(voip.getPluginEnterOptions(), {
      path: 'plugin-private://p/call',
      query: { isPreLaunch: '1', a: '1%202' },
    });
    voip.getPluginOnloadOptions().callSeq = 'changed';
    assert.equal(voip.getPluginOnloadOptions().callSeq, '8');
  });

  it('and does not decode what a page was opened with, however it was', () => {
    const query = { isPreLaunch: '1', rate: '50%25', '%E9%97%A8': 'a%3Db', broken: '%' };
    const path = '/call?isPreLaunch=1&rate=50%25&%E9%97%A8=a%3Db&broken=%';
    for (const opened of [query, path, path.slice(path.indexOf('?') + 1)]) {
      page(opened);
      assert.deepEqual(voip.getPluginOnloadOptions(), query);
      assert.deepEqual(voip.getPluginEnterOptions().query, query);
    }
    // And as the host says it.
    module.configure({ fetch: undefined, wx: { request() {}, getEnterOptionsSync: () => ({ path: 'p', query }) } });
    assert.deepEqual(voip.getPluginEnterOptions().query, voip.getPluginOnloadOptions());
  });

  it('and says what the host says of how it was entered', () => {
    const entered = { path: 'p', scene: 1001, query: { callSeq: '9' } };
    module.configure({ fetch: undefined, wx: { request() {}, getEnterOptionsSync: () => entered } });
    assert.deepEqual(voip.getPluginEnterOptions(), entered);
    module.configure({
      wx: {
        request() {},
        getEnterOptionsSync() {
          throw new Error('no mini-program');
        },
      },
    });
    assert.deepEqual(voip.getPluginEnterOptions(), { path: '', query: {} });
  });
});
