// The wasm of the plugin, which begins at the root of the plugin, and not where the package lies in a mini-program.

const { init } = require('./wmpf-voip/index.js');

const WASM = '/wmpf-voip/wmpf_voip_bg.wasm.br';
/** @type {string | object} */
let wasm = WASM;

/**
 * Loads it. A developer who puts the wasm elsewhere says so before the first call.
 *
 * @param {string | object | null} [source]
 */
function load(source) {
  if (source !== undefined && source !== null) wasm = source;
  return init(wasm);
}

/** Begins to load it. Whoever needs it waits for that, and is told if it fails. */
function start() {
  load().then(undefined, () => {});
}

module.exports = { load, start };
