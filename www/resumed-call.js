// Which call a handset is in, kept for as long as its tab is there: a page that is loaded anew goes back into it.

/** The two handsets of the page stand in one tab. @param {string} handset */
const keyOf = (handset) => `wmpf-voip.call.${handset}`;

/**
 * @param {string} handset
 * @returns {string | undefined} the path that its call page was opened with
 */
export function keptCall(handset) {
  try {
    return sessionStorage.getItem(keyOf(handset)) ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} handset
 * @param {string | undefined} path nothing ends it
 */
export function keepCall(handset, path) {
  try {
    if (path === undefined) sessionStorage.removeItem(keyOf(handset));
    else sessionStorage.setItem(keyOf(handset), path);
  } catch {
    return;
  }
}
