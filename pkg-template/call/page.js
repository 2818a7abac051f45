// Opens a call page: it takes part in one call and shows its state. The service decides about the call; this page has
// what its own side knows, what its user does, and its media.

/** @import { Call, CallPageOptions, Media } from '../index.js' */
/** @import { Core } from '../types/core.js' */
/** @import { Query } from './page-query.js' */

import { answersByQuery, isTrusted } from './answered-by-query.js';
import { failure } from '../base/failure.js';
import { PARAMETER } from '../base/raised-codes.js';
import { textOf } from '../base/text-of.js';
import { opened } from './page-options.js';
import { callOf, placedCall, queryOf } from './page-query.js';
import { runCall } from './run.js';

/**
 * @param {Core} core
 * @param {Parameters<typeof import('../index.js').openCall>[0]} page
 * @param {CallPageOptions} options
 * @returns {Call}
 */
export function openCall(core, page, options) {
  const { show, media } = optionsOf(core, options);
  const mayAnswer = answersByQuery(core, options);
  // To say that the call is over may be the last thing that this page can do.
  core.prepare();
  const { call, attempt, found, wait } = runCall(core, show, media);

  /**
   * A query may say that its call was answered only if no stranger can have written the query.
   *
   * @param {Query} query
   */
  function calledBy(query) {
    const named = callOf(core, query);
    if (named && !mayAnswer && !isTrusted(core, named.roomId)) named.isAnswered = false;
    return named;
  }

  // Without a path or a query this is the next call of a page that was opened before, so that page's query stays.
  const isPage = page != null;
  let isWarmUp = false;
  attempt(() => {
    const query = queryOf(core, page);
    if (isPage) opened(core, page, query);
    isWarmUp = query.isPreLaunch === '1';
    const mine = isWarmUp ? undefined : calledBy(query) || placedCall(core);
    if (mine) found(mine);
    else wait();
  });
  // A listener of this event may start a call, and a page that was only preloaded must not start one.
  if (isPage && !isWarmUp) call.shown();
  return call;
}

/** @type {(keyof Media)[]} */
const MEDIA = ['join', 'start', 'receive', 'peer', 'setMuted', 'setCamera', 'switchCamera', 'leave'];

/**
 * @param {Core} core
 * @param {CallPageOptions | undefined} options
 */
function optionsOf(core, options) {
  let name = 'options.show';
  let why = '';
  let cause;
  try {
    const show = options?.show;
    name = 'options.media';
    const media = options?.media;
    const missing = media && MEDIA.find((method) => typeof media[method] !== 'function');
    if (missing) name += `.${missing}`;
    else if (typeof show === 'function') return { show, media };
    else name = 'options.show';
  } catch (error) {
    cause = error;
    why = ` (${textOf(cause)})`;
  }
  throw failure(core, PARAMETER, 'openCall', `${name}: expected a function${why}`, cause);
}
