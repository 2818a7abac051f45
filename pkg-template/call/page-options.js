// What the pages of this module were opened with.

import { hostWx } from '../base/host-wx.js';

/** The query of the call page that was opened last. */
export function getPluginOnloadOptions(core) {
  return Object.assign({}, core.query);
}

/**
 * What the mini-program was entered with, by way of the plugin's page. Where the host does not say so: the query of the first
 * call page.
 */
export function getPluginEnterOptions(core) {
  try {
    const host = hostWx(core.options());
    if (typeof host?.getEnterOptionsSync === 'function') return host.getEnterOptionsSync();
  } catch {
    // Some hosts have the function and no mini-program.
  }
  return { path: core.entered?.path ?? '', query: Object.assign({}, core.entered?.query) };
}

/** Keeps what a page was opened with. */
export function opened(core, page, query) {
  core.query = query;
  if (core.entered) return;
  const path = typeof page === 'string' ? page.split('?')[0] : '';
  core.entered = { path, query };
}
