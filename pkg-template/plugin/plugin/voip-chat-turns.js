// The platform has one room at a time for all pages, and wx.exitVoIPChat leaves whichever it is. So a call enters its
// room when the one before it has left its own.

/** A platform that does not say that a room is left shall not keep the next call from being tried. */
const PATIENCE_MS = 5000;

let free = Promise.resolve();

/**
 * Waits for its turn, and gives the function that ends it.
 *
 * @returns {Promise<() => void>}
 */
async function turn() {
  const before = soon(free);
  /** @type {() => void} */
  let end = () => {};
  /** @type {Promise<void>} */
  const own = new Promise((resolve) => {
    end = resolve;
  });
  free = before.then(() => own);
  await before;
  return end;
}

/**
 * @param {Promise<void>} promise
 * @returns {Promise<void>}
 */
function soon(promise) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PATIENCE_MS);
    promise.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

module.exports = { turn };
