// What this device calls itself, so that a page that is loaded anew is the same party of its call. Of two phones of one
// user only one can take a call. A browser's tab is a device: two of them are two, unless one was opened by the other, for
// then what the tab keeps is copied, so what this module calls itself tells their pages apart. All pages of a module are one:
// they take a call from each other by themselves, and of two sockets that were opened one right after the other the first may
// reach the service last.

/** @import { Core } from '../types/core.js' */

import { newName } from '../base/random.js';
import { recall, remember } from '../base/storage.js';

const KEY = 'wmpf-voip.device';

/** @param {Core} core */
export function deviceOf(core) {
  if (core.device === undefined) {
    core.page = newName();
    const name = recall(core.options(), KEY);
    core.device = isName(name) ? name : newName();
    if (core.device !== name) remember(core.options(), KEY, core.device);
  }
  return core.device;
}

/**
 * @param {unknown} name
 * @returns {name is string}
 */
const isName = (name) => typeof name === 'string' && /^[\x21-\x7e]{1,64}$/.test(name);
