// What a view is given, and how one that updates by itself waits.

/**
 * @typedef {object} Place
 * @property {import('./api.js').Api} api
 * @property {AbortSignal} signal says that another view has taken its place
 * @property {string} app the appId; empty where the view is of no app
 * @property {string} one what the view shows of the app: a room id or an SN
 * @property {(text: string, isBad?: boolean) => void} tell says something that needs no place in the view
 */

/** How often a view reads again what changes from one moment to the next, in milliseconds. */
const POLL_MS = 3_000;

/**
 * Does something now and every few seconds while the page can be seen, one after the other, until the view is left.
 * @param {AbortSignal} signal
 * @param {() => Promise<boolean | void>} poll false for never again
 * @param {number} [every] in milliseconds
 * @returns {() => void} has it done at once
 */
export function repeatedly(signal, poll, every = POLL_MS) {
  let wake = () => {};
  const onChange = () => wake();
  document.addEventListener('visibilitychange', onChange, { signal });
  signal.addEventListener('abort', onChange);
  const pause = (/** @type {number | undefined} */ ms) =>
    new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
  const run = async () => {
    while (!signal.aborted) {
      if (document.visibilityState === 'visible') {
        if ((await poll()) === false) return;
        await pause(every);
      } else {
        await pause(undefined);
      }
    }
  };
  run();
  return () => wake();
}

/**
 * The address of a view.
 * @param {...string} parts
 */
export const linkTo = (...parts) => `#/${parts.map(encodeURIComponent).join('/')}`;
