// Waiting for a host, which may call back at once, twice or never.

/** @import { Stop } from '../types/core.js' */

/**
 * Gives a promise that settles once: with the result or the failure of `start`, with undefined after `timeout`
 * milliseconds, or with null when `stop` stops it. `start` may return a function that gives up what it has begun.
 *
 * @template Value
 * @param {number} timeout
 * @param {Stop | undefined} stop
 * @param {(done: (value: Value) => void, failed: (error: unknown) => void) => (() => void) | void} start
 * @returns {Promise<Value | undefined | null>}
 */
export function settled(timeout, stop, start) {
  return new Promise((resolve, reject) => {
    let isOver = false;
    /** @type {(() => void) | void} */
    let giveUp;
    /** @type {<Given>(settle: (value: Given) => void, value: Given) => void} */
    const finish = (settle, value) => {
      settle(value);
      clearTimeout(timer);
      stop?.heard.delete(onStop);
    };
    /** @param {undefined | null} value */
    const end = (value) => {
      isOver = true;
      finish(resolve, value);
      quietly(giveUp);
    };
    const onStop = () => end(null);
    const timer = setTimeout(end, timeout, undefined);
    if (stop?.isStopped) return onStop();
    stop?.heard.add(onStop);
    try {
      giveUp = start(
        (value) => finish(resolve, value),
        (error) => finish(reject, error),
      );
      // The promise was stopped while `start` ran.
      if (isOver) quietly(giveUp);
    } catch (error) {
      finish(reject, error);
    }
  });
}

/**
 * Calls `end`, which gives something up. A host that cannot do that is not waited for.
 *
 * @param {(() => void) | void} end
 */
export function quietly(end) {
  try {
    end?.();
  } catch {
    // Nobody could do anything about this failure.
  }
}
