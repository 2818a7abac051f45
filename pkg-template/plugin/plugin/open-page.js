// The call page that is shown, or was last. A call that is placed when it has no call that goes on begins there: at once,
// or when a call page is shown again.

let open;
let isCallWaiting = false;

const openPage = {
  /** A page is shown. */
  shown(page) {
    open = page;
    handOver();
  },
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
