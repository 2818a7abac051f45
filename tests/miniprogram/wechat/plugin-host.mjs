// A mini-program with the plugin, both as WeChat's compiler has made them, on one host.

import { join } from 'node:path';

import { createHost } from '../hosts/host.mjs';
import { globalsOf, PROFILES } from '../hosts/profiles.mjs';
import { requireOf } from '../hosts/require.mjs';
import { APPID } from './compile.mjs';

/** Where the plugin has its wasm. */
export const FOLDER = '/wmpf-voip/';

export const PLUGIN_PROFILES = PROFILES.filter(({ name }) => name.endsWith('a plugin'));

/** The path of the plugin's call page. */
export const CALL_PAGE = 'pages/call-page-plugin/call-page-plugin';

/**
 * @param {{ out: string }} compiled
 * @param {object} [options]
 * @param {import('../hosts/profiles.mjs').Profile} [options.profile]
 * @param {import('../hosts/code-package.mjs').Behaviour} [options.behaviour] of its WebAssembly
 * @param {object} [options.wx] what its `wx` has besides, or otherwise
 */
export function startPlugin({ out }, { profile = PLUGIN_PROFILES[0], behaviour, wx } = {}) {
  let registered;
  const { globals, paths } = globalsOf(profile, { folder: FOLDER, ...behaviour });
  const Page = (options) => {
    registered = options;
  };
  const added = { Page, setTimeout: patiently, wx: { ...globals.wx, ...wx } };
  const host = createHost({ ...globals, ...added }, profile.engine);
  const inPlugin = requireOf(host, join(out, 'plugin'));
  const requirePlugin = (name) => {
    if (name !== 'wmpf-voip') throw new Error(`requirePlugin:fail plugin ${name} is not declared`);
    return inPlugin('./index');
  };
  const inMiniProgram = requireOf(host, join(out, 'miniprogram'), { scope: { requirePlugin } });

  // The platform runs a page's file once, and makes each of its pages from what that has registered.
  const registrations = new Map();
  function open(required, path, query) {
    if (!registrations.has(path)) {
      required(`./${path}`);
      registrations.set(path, registered);
    }
    const options = registrations.get(path);
    const page = { ...options, data: JSON.parse(JSON.stringify(options.data ?? {})) };
    page.setData = (changes) => Object.assign(page.data, changes);
    page.onLoad?.(query);
    page.onShow?.();
    return page;
  }

  return {
    host,
    paths,
    requirePlugin,
    requireInPlugin: inPlugin,
    openPluginPage: (path, query = {}) => open(inPlugin, path, query),
    openPage: (path, query = {}) => open(inMiniProgram, path, query),
  };
}

/** What getAccountInfoSync says in a plugin. */
export const account = () => ({
  miniProgram: { appId: 'wxde00000000000001', envVersion: 'develop', version: '' },
  plugin: { appId: APPID, version: 'dev' },
});

/** A call that a test leaves open has timers that nobody waits for. */
function patiently(callback, ms, ...rest) {
  const timer = setTimeout(callback, ms, ...rest);
  timer.unref();
  return timer;
}

/** Waits until it is so. */
export async function until(isSo, what) {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`${what} within 10 s`);
}
