// A handset's way to the diagram: it tells the page that it stands in. The page knows the sender by
// its window, so an entry says only what happened and when. A handset opened alone tells itself, and
// nobody listens.

/** @param {import('./observe.js').Entry} entry */
export function report(entry) {
  parent.postMessage({ diagramEntry: { ...entry, at: Date.now() } }, location.origin);
}
