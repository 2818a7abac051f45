// What this device calls itself, so that a page that is loaded anew is the same party of its call. Of two phones of one
// user only one can take a call. A browser's tab is a device: two of them are two, unless one was opened by the other, for
// then what the tab keeps is copied.

import { newName } from '../base/random.js';
import { recall, remember } from '../base/storage.js';

const KEY = 'wmpf-voip.device';

export function deviceOf(core) {
  if (core.device === undefined) {
    const name = recall(core.options(), KEY);
    core.device = isName(name) ? name : newName();
    if (core.device !== name) remember(core.options(), KEY, core.device);
  }
  return core.device;
}

const isName = (name) => typeof name === 'string' && /^[\x21-\x7e]{1,64}$/.test(name);
