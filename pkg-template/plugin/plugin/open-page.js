// The call page that is open. A call that is placed while the last one has ended there begins there at once.

let open;

const openPage = {
  set(page) {
    open = page;
  },
  clear(page) {
    if (open === page) open = undefined;
  },
  /** A call was placed. */
  placed() {
    if (open) open.placed();
  },
};

module.exports = openPage;
