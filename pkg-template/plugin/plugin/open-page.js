// The call page that is shown, or was last. A call that is placed when it has no call that goes on begins there: at once,
// or when a call page is shown again.

/**
 * What is used of a call page.
 *
 * @typedef {{ isShown?: boolean, isFree(): boolean, begin(query?: Record<string, string>): void }} CallPage
 */

/** @type {CallPage | undefined} */
let open;
let isCallWaiting = false;

const openPage = {
  /**
   * A page is shown.
   *
   * @param {CallPage} page
   */
  shown(page) {
    open = page;
    handOver();
  },
  /** @param {CallPage} page */
  clear(page) {
    if (open === page) open = undefined;
  },
  /** A call was placed. */
  placed() {
    isCallWaiting = open !== undefined && open.isFree();
    handOver();
  },
  /** A page has begun its call. */
  begun() {
    isCallWaiting = false;
  },
};

function handOver() {
  if (isCallWaiting && open && open.isShown && open.isFree()) open.begin();
}

module.exports = openPage;
