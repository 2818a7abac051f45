// A mini-program's code package, and the WXWebAssembly of its host, which loads from there and from nowhere else.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

import { PKG } from '../../support/paths.mjs';

/** What WeChat's npm builder copies. */
export const DIST = join(PKG, 'miniprogram_dist');

const NAME = 'wmpf_voip_bg.wasm';

/** Where the package's files are in an app, and where they usually are in a plugin. */
export const IN_APP = '/miniprogram_npm/wmpf-voip/';
export const IN_PLUGIN = '/wasm/';

/**
 * @typedef {object} Behaviour
 * @property {string} [folder] where the wasm lies
 * @property {boolean} [isBare] resolves with the instance alone
 * @property {(path: string) => void} [refuse] throws where the host refuses a path
 * @property {(bytes: Buffer) => Uint8Array} [patch] another wasm in place of the package's
 * @property {(exports: WebAssembly.Exports) => object} [wrap] other exports
 */

/**
 * @param {Behaviour} [behaviour]
 * @returns {{ instantiate(path: string, imports: object): Promise<object>, paths: string[] }} `paths` are those that
 * were asked for
 */
export function pathOnlyWebAssembly({ folder = IN_APP, isBare, refuse, patch, wrap } = {}) {
  const paths = [];
  function instantiate(path, imports) {
    const made = make(path, imports);
    // A Promise of timers looks at it later than Node waits for that.
    made.catch(() => {});
    return made;
  }
  async function make(path, imports) {
    if (typeof path !== 'string') throw new TypeError('instantiate:fail parameter should be String');
    paths.push(path);
    refuse?.(path);
    const name = [NAME, `${NAME}.br`].find((name) => path === folder + name);
    if (!name) throw { errMsg: `instantiate:fail no such file ${path}` };
    const file = readFileSync(join(DIST, name));
    const wasm = name.endsWith('.br') ? brotliDecompressSync(file) : file;
    const { instance, module } = await WebAssembly.instantiate(patch ? patch(wasm) : wasm, imports);
    const { exports } = instance;
    const made = wrap ? { exports: wrap(exports) } : instance;
    return isBare ? made : { instance: made, module };
  }
  return { instantiate, paths };
}
