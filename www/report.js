// A handset's way to the page that it stands in. The page knows the sender by its window, so an entry of the
// diagram says only what happened and when. A handset opened alone tells itself, and nobody listens.

/** @param {import('./observe.js').Entry} entry */
export function report(entry) {
  tell({ diagramEntry: { ...entry, at: Date.now() } });
}

/** @param {boolean} ringing */
export function tellRinging(ringing) {
  tell({ ringing });
}

/** @param {object} message */
function tell(message) {
  parent.postMessage(message, location.origin);
}
