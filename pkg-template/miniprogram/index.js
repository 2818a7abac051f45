// The entry for mini-programs, whose hosts load wasm from a path in the code package and from nothing else.
// Bundled into one file, with utf8.js and scope.js in place of what such hosts do not have.

/** @import { Surface } from '../types/core.js' */
/** @import { Instantiate, PathWebAssembly } from '../types/wasm.js' */

import { VoipCgiError, VoipError, VoipJoinError, VoipPluginError } from '../errors.js';
import { createModule } from '../core/module.js';
import { textOf } from '../base/text-of.js';

// Where WeChat's npm builder puts the package of an app. In a plugin, or with another bundler, it is elsewhere.
const PATH = '/miniprogram_npm/wmpf-voip/wmpf_voip_bg.wasm.br';

const { wmpfVoip, configure, init, check: rowsOf, core } = createModule(instantiate);
core.isMiniProgram = true;

/**
 * The rest is a file of its own, which is read when somebody uses a part of it.
 *
 * @type {(name: string) => (...values: any) => any} surface.js has the types of what it has
 */
const later =
  (name) =>
  (...values) =>
    /** @type {any} */ (require('./surface.js'))[name](core, ...values);

/** @type {Array<keyof Surface>} */
const SURFACE = [
  'callWMPF',
  'callDevice',
  'onVoipEvent',
  'forceHangUpVoip',
  'getPluginEnterOptions',
  'getPluginOnloadOptions',
  'getIotBindContactList',
  'setUIConfig',
  'setVoipEndPagePath',
  'setCustomBtnText',
];
for (const name of SURFACE) wmpfVoip[name] = later(name);

module.exports = /** @satisfies {typeof import('../index.js')} */ ({
  default: wmpfVoip,
  configure,
  init,
  check: async (req) => texts().problemsOf(await rowsOf(req)),
  openCall: later('openCall'),
  listen: later('listen'),
  explain: (errCode, language) => texts().explain(errCode, language),
  explainAbort: (errMsg, language) => texts().explainAbort(errMsg, language),
  VoipError,
  VoipCgiError,
  VoipPluginError,
  VoipJoinError,
});
// For `import wmpfVoip from 'wmpf-voip'` that was compiled to `require`.
Object.defineProperty(module.exports, '__esModule', { value: true });

// The texts are a file of their own, which is read when somebody asks for one.
/** @returns {typeof import('../explain.js')} */
function texts() {
  return require('./explain.js');
}

/**
 * `source` is a path, or { path, webAssembly } on a host whose WebAssembly has another name than these.
 *
 * @type {Instantiate}
 */
async function instantiate(source, imports) {
  const { path = source ?? PATH, webAssembly = hostWebAssembly() } = Object(source);
  if (typeof path !== 'string') {
    throw new Error(`expected the path of a file in the code package, got ${typeof path}`);
  }
  if (!webAssembly || typeof webAssembly.instantiate !== 'function') {
    throw new Error('this host has no WXWebAssembly: WeChat needs base library 2.13, in a plugin 2.18.1, or newer');
  }
  let cause;
  for (const tried of attempts(path)) {
    try {
      const result = await webAssembly.instantiate(tried, imports);
      const { exports } = result.instance ?? result;
      return { exports, source: { path: tried, webAssembly } };
    } catch (error) {
      cause = error;
    }
  }
  /** @type {Error & { cause?: unknown }} */
  const error = new Error(`${path} could not be loaded (${textOf(cause)}): tell init where the file is`);
  error.cause = cause;
  throw error;
}

/**
 * Some hosts refuse what they take a moment later, some refuse a compressed file.
 *
 * @param {string} path
 */
const attempts = (path) => [path, path, ...(path.endsWith('.br') ? [path.slice(0, -3)] : [])];

/**
 * A name is only looked at when it is there: none of these hosts has all of them, and some have no globalThis.
 *
 * @returns {PathWebAssembly | undefined}
 */
function hostWebAssembly() {
  if (typeof WXWebAssembly !== 'undefined') return WXWebAssembly;
  if (typeof TTWebAssembly !== 'undefined') return TTWebAssembly;
  if (typeof MYWebAssembly !== 'undefined') return MYWebAssembly;
  // Whatever has only the standard's name takes a path, too, where it is a mini-program.
  if (typeof WebAssembly !== 'undefined') return /** @type {any} */ (WebAssembly);
  return undefined;
}
