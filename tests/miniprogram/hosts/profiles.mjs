// The hosts that the entry for mini-programs is run on: what their engine does not have yet, what they are called by,
// and where their code package has the wasm.

import { readFileSync } from 'node:fs';

import { IN_APP, IN_PLUGIN, pathOnlyWebAssembly } from './code-package.mjs';
import { request } from './request.mjs';

// What came to the language with Chrome 92 and iOS 15.4, and later.
const RECENT = [
  'Array.prototype.at',
  'Array.prototype.findLast',
  'Array.prototype.toSorted',
  'Object.hasOwn',
  'String.prototype.at',
];

// With Chrome 67 to 86.
const SINCE_67 = [
  ...RECENT,
  'AggregateError',
  'Array.prototype.flat',
  'Array.prototype.flatMap',
  'BigInt',
  'BigInt64Array',
  'BigUint64Array',
  'FinalizationRegistry',
  'Object.fromEntries',
  'Promise.allSettled',
  'Promise.any',
  'String.prototype.matchAll',
  'String.prototype.replaceAll',
  'Symbol.prototype.description',
  'WeakRef',
  'globalThis',
];

// With iOS 13.4 to 15.
const SINCE_13_4 = [
  ...RECENT,
  'AggregateError',
  'BigInt',
  'BigInt64Array',
  'BigUint64Array',
  'FinalizationRegistry',
  'Promise.any',
  'String.prototype.replaceAll',
  'WeakRef',
];

const promise = readFileSync(new URL('promise.js', import.meta.url), 'utf8');

const ANDROID_86 = { absent: RECENT };
const ANDROID_66 = { absent: SINCE_67 };
const IOS_15 = { absent: RECENT, promise };
const IOS_13 = { absent: SINCE_13_4, promise };
/** Modules of Douyin do not see the global object. */
const DOUYIN = { absent: RECENT, shadowed: ['globalThis'] };

const account = () => ({ miniProgram: { appId: 'wxde00000000000001', envVersion: 'develop', version: '' } });

/** What an app may call, and what a plugin may not. */
const appWx = () => ({
  request,
  getAccountInfoSync: account,
  requestDeviceVoIP: () => {},
  getDeviceVoIPList: () => {},
  getRandomValues: () => {},
});
const refused = (name) => () => {
  throw new Error(`${name}:fail a plugin may not call it`);
};
const pluginWx = () => ({
  request,
  getAccountInfoSync: account,
  requestDeviceVoIP: refused('requestDeviceVoIP'),
  getDeviceVoIPList: refused('getDeviceVoIPList'),
  getRandomValues: refused('getRandomValues'),
});

const WASM_BR = 'wmpf_voip_bg.wasm.br';
const inPlugin = (module) => module.init(IN_PLUGIN + WASM_BR);

/** Alipay's answers have a status, and its requests have headers. */
const my = {
  request: ({ headers, success, ...rest }) =>
    request({
      ...rest,
      header: headers,
      success: ({ data, statusCode, header }) => success({ data, status: statusCode, headers: header }),
    }),
};
const wxOverMy = {
  request: ({ header, success, ...rest }) =>
    my.request({
      ...rest,
      headers: header,
      success: ({ data, status }) => success({ data, statusCode: status }),
    }),
};

/**
 * @typedef {object} Profile
 * @property {string} name
 * @property {object} engine
 * @property {string} namespace what the host calls its WebAssembly
 * @property {import('./code-package.mjs').Behaviour} [webAssembly]
 * @property {() => object} globals
 * @property {(module: any) => unknown} [prepare] what the documentation says to do there before the first call
 */

/** @type {Profile[]} */
export const PROFILES = [
  {
    name: 'WeChat, Chrome 86, an app',
    engine: ANDROID_86,
    namespace: 'WXWebAssembly',
    globals: () => ({ wx: appWx() }),
  },
  {
    name: 'WeChat, Chrome 86, a plugin',
    engine: ANDROID_86,
    namespace: 'WXWebAssembly',
    webAssembly: { folder: IN_PLUGIN, isBare: true },
    globals: () => ({ wx: pluginWx() }),
    prepare: inPlugin,
  },
  {
    name: 'WeChat, Chrome 66, an app',
    engine: ANDROID_66,
    namespace: 'WXWebAssembly',
    webAssembly: { isBare: true },
    globals: () => ({ wx: appWx() }),
  },
  {
    // Some hosts are reported to begin at the root without a slash.
    name: 'WeChat, Chrome 66, a plugin',
    engine: ANDROID_66,
    namespace: 'WXWebAssembly',
    webAssembly: { folder: 'wasm/' },
    globals: () => ({ wx: pluginWx() }),
    prepare: (module) => module.init(`wasm/${WASM_BR}`),
  },
  {
    name: 'WeChat, iOS 15, an app',
    engine: IOS_15,
    namespace: 'WXWebAssembly',
    globals: () => ({ wx: appWx() }),
  },
  {
    name: 'WeChat, iOS 15, a plugin',
    engine: IOS_15,
    namespace: 'WXWebAssembly',
    webAssembly: { folder: IN_PLUGIN },
    globals: () => ({ wx: pluginWx() }),
    prepare: inPlugin,
  },
  {
    name: 'WeChat, iOS 13, an app',
    engine: IOS_13,
    namespace: 'WXWebAssembly',
    webAssembly: { isBare: true },
    globals: () => ({ wx: appWx() }),
  },
  {
    name: 'WeChat, iOS 13, a plugin',
    engine: IOS_13,
    namespace: 'WXWebAssembly',
    webAssembly: { folder: IN_PLUGIN },
    globals: () => ({ wx: pluginWx() }),
    prepare: inPlugin,
  },
  {
    name: 'Douyin',
    engine: DOUYIN,
    namespace: 'TTWebAssembly',
    webAssembly: { folder: '/pages/wasm/' },
    globals: () => ({ tt: { request } }),
    prepare: (module, { tt }) => {
      module.configure({ wx: tt });
      return module.init(`/pages/wasm/${WASM_BR}`);
    },
  },
  {
    name: 'Alipay, a worker',
    engine: ANDROID_86,
    namespace: 'MYWebAssembly',
    webAssembly: { folder: '/workers/' },
    globals: () => ({ my }),
    prepare: (module) => {
      module.configure({ wx: wxOverMy });
      return module.init(`/workers/${WASM_BR}`);
    },
  },
  {
    name: 'a host whose WebAssembly has a name of its own',
    engine: ANDROID_86,
    namespace: 'OtherWebAssembly',
    globals: () => ({ wx: appWx() }),
    prepare: (module, { OtherWebAssembly }) => module.init({ path: IN_APP + WASM_BR, webAssembly: OtherWebAssembly }),
  },
];

/**
 * What one host has, with counters of what is called of it.
 * @param {Profile} profile
 * @param {import('./code-package.mjs').Behaviour} [behaviour]
 */
export function globalsOf({ namespace, webAssembly, globals }, behaviour) {
  const wasm = pathOnlyWebAssembly({ ...webAssembly, ...behaviour });
  const { paths, instantiate } = wasm;
  return { globals: { ...globals(), [namespace]: { instantiate } }, paths };
}
