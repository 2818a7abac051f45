// A mini-program as it lies in a directory, on a host: its files, the packages that npm was built for, its plugin, and its
// pages.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createHost } from './host.mjs';
import { globalsOf } from './profiles.mjs';
import { request } from './request.mjs';
import { requireOf } from './require.mjs';

/**
 * @typedef {object} MiniProgram
 * @property {(path: string, query?: object) => any} open opens a page: it has the page's data, its functions and `setData`
 * @property {(path: string) => any} require a file, from the root
 * @property {() => Promise<void>} idle until the requests that the mini-program itself has sent are answered
 */

/**
 * @param {string} root
 * @param {object} options
 * @param {import('./profiles.mjs').Profile} options.profile
 * @param {import('./code-package.mjs').Behaviour} [options.behaviour] of its WebAssembly
 * @param {object} [options.wx] what its `wx` has besides, or otherwise
 * @param {(name: string) => any} [options.requirePlugin]
 * @param {object} [options.console]
 * @returns {MiniProgram}
 */
export function startMiniProgram(root, { profile, behaviour, wx, requirePlugin, console }) {
  const { globals } = globalsOf(profile, behaviour);
  const sent = [];
  const tracked = ({ success, fail, ...rest }) => {
    let answered;
    sent.push(
      new Promise((resolve) => {
        answered = resolve;
      }),
    );
    const then = (callBack) => (value) => {
      callBack?.(value);
      answered();
    };
    // The platform's defaults.
    return request({
      method: 'GET',
      timeout: 60_000,
      dataType: 'json',
      ...rest,
      success: then(success),
      fail: then(fail),
    });
  };
  let registered;
  const Page = (options) => {
    registered = options;
  };
  const ofApp = { ...globals.wx, request: tracked, ...wx };
  const host = createHost({ ...globals, wx: ofApp, Page, requirePlugin, console }, profile.engine);
  const manifest = join(root, 'app.json');
  const aliases = existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')).resolveAlias ?? {}) : {};
  const require = requireOf(host, root, { aliases });

  function open(path, query = {}) {
    require(`./${path}`);
    const page = {
      ...registered,
      data: { ...registered.data },
      setData(changes) {
        Object.assign(page.data, changes);
      },
    };
    page.onLoad?.(query);
    return page;
  }

  const idle = async () => {
    await Promise.all(sent);
  };
  return { open, require, idle };
}
