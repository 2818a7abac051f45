// Why a call is over, in words: for its user in short, and below for the developer.

const { words } = require('./words.js');
const { explain, explainAbort } = require('./wmpf-voip/index.js');

const ROOM_ID = 1;

/** @param {{ origin?: string }} view */
const byOther = ({ origin }) => origin === 'other';

/** @typedef {import('./wmpf-voip/index.js').CallView} CallView */
/** @typedef {ReturnType<typeof words>} Words */

/** @type {Record<import('./wmpf-voip/index.js').EndReason, (text: Words, view: CallView) => string>} */
const REASONS = {
  cancelled: (text, view) => (byOther(view) ? text.cancelledByOther : text.cancelled),
  rejected: (text, view) => (byOther(view) ? text.rejectedByOther : text.rejected),
  timeout: (text, { isCaller }) => (isCaller ? text.noAnswer : text.missed),
  busy: (text) => text.busy,
  hungUp: (text, view) =>
    view.origin === 'timeLimit' ? text.timeLimit : byOther(view) ? text.hungUpByOther : text.hungUp,
  aborted: (text) => text.aborted,
  joinFailed: (text) => text.notJoined,
  elsewhere: (text, { canContinue }) => (canContinue ? text.onOtherPage : text.elsewhere),
  refused: (text, { errCode }) => (errCode === ROOM_ID ? text.isOver : text.notJoined),
  failed: (text) => text.notJoined,
};

/**
 * Gives { reason, detail } of a view whose state is `ended`.
 *
 * @param {CallView} view
 * @param {'zh' | 'en'} language
 */
function endingOf(view, language) {
  const text = words(language);
  const known = view.reason && REASONS[view.reason];
  return { reason: known ? known(text, view) : text.hungUp, detail: detailOf(view, language) };
}

/**
 * @param {CallView} view
 * @param {'zh' | 'en'} language
 */
function detailOf({ reason, errCode, detail = '' }, language) {
  if (reason === 'refused' && errCode === ROOM_ID) return '';
  const broken = reason === 'aborted' && explainAbort(detail, language);
  if (broken) return broken;
  const { meaning } = (errCode !== undefined && explain(errCode, language)) || {};
  return meaning ? `${meaning} (${errCode})\n${detail}` : detail;
}

module.exports = { endingOf };
