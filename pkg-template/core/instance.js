// One instance of the wasm, with glue of its own: what the glue keeps (objects, views of the memory, callbacks)
// belongs to one instance and would destroy another.
//
// A trap leaves an instance's memory as it was in the middle of something, so it is never entered again, and
// the calls that wait for it are told. Every entry is guarded, also those by which promises come back.

/** @import { Glue, Instantiate } from '../types/wasm.js' */

import { pluginError, VoipError } from '../errors.js';
import { INTERRUPTED } from '../base/raised-codes.js';
import { textOf } from '../base/text-of.js';
import { createGlue } from '../generated/glue.js';

/** @typedef {Awaited<ReturnType<typeof createInstance>>} Instance */

/**
 * `instantiate(source, imports)` is the host's way to load the wasm. It gives its exports, and the source of a
 * fresh instance of the same.
 *
 * @param {Instantiate} instantiate
 * @param {unknown} source
 */
export async function createInstance(instantiate, source) {
  const glue = createGlue();
  const started = await instantiate(source, { glue: glue.imports });
  const { exports } = started;
  if (!exports.ask) throw new Error('this is not the wasm of wmpf-voip');

  // What tells the calls that wait for this instance.
  /** @type {Set<(error: unknown) => void>} */
  const waiting = new Set();
  const instance = { source: started.source, isEntered: false, isBroken: false, enter };
  let depth = 0;
  /** @type {unknown} */
  let trap;

  /** @param {unknown} error */
  function breakDown(error) {
    if (instance.isBroken) return;
    instance.isBroken = true;
    trap = error;
    for (const tell of waiting) tell(error);
  }

  /** @type {(entry: Function) => (...values: unknown[]) => unknown} */
  const guarded =
    (entry) =>
    (...values) => {
      const isOutermost = depth === 0 && !instance.isEntered;
      if (instance.isBroken) {
        if (isOutermost) return undefined;
        throw trap;
      }
      depth++;
      try {
        return entry(...values);
      } catch (error) {
        breakDown(error);
        // Outermost is a callback of the host, who could only report it to nobody.
        if (!isOutermost) throw error;
      } finally {
        depth--;
      }
    };

  /**
   * Calls into the wasm for `api`. Gives a promise of what `call(glue)` gives.
   *
   * @template Given
   * @param {string} api
   * @param {(glue: Glue) => Given | Promise<Given>} call
   * @returns {Promise<Given>}
   */
  function enter(api, call) {
    return new Promise((resolve, reject) => {
      /** @param {unknown} error */
      const tell = (error) => finish(reject)(typed(api, error));
      /** @type {<Value>(settle: (value: Value) => void) => (value: Value) => void} */
      const finish = (settle) => (value) => {
        waiting.delete(tell);
        settle(value);
      };
      waiting.add(tell);
      instance.isEntered = true;
      try {
        Promise.resolve(call(glue)).then(finish(resolve), tell);
      } catch (error) {
        tell(error);
      } finally {
        instance.isEntered = false;
      }
    });
  }

  /** @type {WebAssembly.Exports} */
  const entries = {};
  for (const name of Object.keys(exports)) {
    const value = exports[name];
    entries[name] = typeof value === 'function' ? guarded(value) : value;
  }
  glue.__wbg_set_wasm(entries);
  return instance;
}

/**
 * The wasm throws the documented errors. Anything else is a trap, or a stack that was full before it.
 *
 * @param {string} api
 * @param {unknown} error
 */
function typed(api, error) {
  if (error instanceof VoipError) return error;
  const reason = `the module broke down (${textOf(error)}); the next call gets a fresh one. The service may have got this one`;
  return pluginError(INTERRUPTED, api, reason, error);
}
