// The queries with which the pages of this module were opened.

/** @import { EnterOptions } from '../index.js' */
/** @import { Core } from '../types/core.js' */

import { hostWx } from '../base/host-wx.js';

/**
 * The query of the call page that was opened last.
 *
 * @param {Core} core
 * @returns {Record<string, string>}
 */
export function getPluginOnloadOptions(core) {
  return Object.assign({}, core.query);
}

/**
 * The options with which the plugin's page has entered the mini-program. If the host does not tell them: the path and
 * query of the first call page.
 *
 * @param {Core} core
 * @returns {EnterOptions}
 */
export function getPluginEnterOptions(core) {
  try {
    const host = hostWx(core.options());
    if (typeof host?.getEnterOptionsSync === 'function') return host.getEnterOptionsSync();
  } catch {
    // Some hosts have this function although they run no mini-program.
  }
  const { path = '', query } = core.entered || {};
  return { path, query: Object.assign({}, query) };
}

/**
 * Keeps the path and the query with which a page was opened.
 *
 * @param {Core} core
 * @param {unknown} page
 * @param {Record<string, string>} query
 */
export function opened(core, page, query) {
  core.query = query;
  if (core.entered) return;
  const path = typeof page === 'string' ? page.split('?')[0] : '';
  core.entered = { path, query };
}
