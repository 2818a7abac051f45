// The calls of a handset: the one that its call page shows, and those that ring meanwhile and wait for their turn.

import { openCall } from 'wmpf-voip';
import { webRtcMedia } from 'wmpf-voip/webrtc';
import { showCallPage } from './call-page.js';
import { report, tellRinging } from './report.js';
import { keepCall, keptCall } from './resumed-call.js';
import { ring } from './ringtone.js';
import { testPicture } from './setting.js';

/** @typedef {import('wmpf-voip').Reminder} Reminder */
/** @typedef {import('wmpf-voip').Call} Call */
/** @typedef {{ call?: Call, view?: CallView, path: string, reminder?: Reminder, isResumed: boolean, silenced: boolean }} Shown */
/** @typedef {import('wmpf-voip').CallView} CallView */

/** The reasons for which a call ends against everybody's will. */
const BREAKS = new Set(['aborted', 'joinFailed', 'refused', 'failed']);

/** @type {Partial<Record<CallView['state'], 'outgoing' | 'incoming'>>} */
const TONES = { outgoing: 'outgoing', incoming: 'incoming' };

/**
 * @param {string} handset its name, which tells it from the page's other one
 * @param {'device' | 'phone'} other what it calls and is called by
 * @param {() => void} onClose the call page has gone
 */
export function createCalls(handset, other, onClose) {
  /** @type {Reminder[]} */
  const waiting = [];
  /** @type {Shown | undefined} */
  let shown;
  let isPlacing = false;

  /**
   * @param {string} path
   * @param {Reminder} [reminder] of a call to this handset
   * @param {boolean} [isResumed] the page was loaded anew
   */
  function open(path, reminder, isResumed = false) {
    /** @type {Shown} */
    const mine = { path, reminder, isResumed, silenced: false };
    shown = mine;
    report({ what: 'opened', detail: path });
    /** @param {CallView} view */
    const show = (view) => {
      if (mine.view?.state !== view.state) reportBreak(view);
      if (shown !== mine) return;
      mine.view = view;
      refresh();
    };
    mine.call = openCall(path, { show, media: webRtcMedia() });
    show(mine.call.view);
  }

  function refresh() {
    if (!shown?.view) return;
    const { view, path, reminder, isResumed, silenced } = shown;
    const { state } = view;
    // A tab that was restored another day has nothing to go back into.
    const isGone = ['refused', 'failed'].includes(String(view.reason));
    if (isResumed && state === 'ended' && isGone) return leave();
    // A call that only rings here is not this handset's yet, and is brought by its reminder.
    const isOurs = ['outgoing', 'joining', 'connected'].includes(state);
    keepCall(handset, isOurs ? pathOf(view, path) : undefined);
    ring(silenced ? undefined : TONES[state]);
    tellRinging(state === 'incoming');
    showCallPage(view, { other, path, reminder, silenced, waiting: waiting.length, actions });
    openNext();
  }

  /** The page tells its user why in words; here are the module's own, for the developer. @param {CallView} view */
  function reportBreak({ state, reason, errCode, detail }) {
    if (state === 'ended' && BREAKS.has(String(reason)) && detail)
      report({ what: 'broken', errCode, detail: `${reason}: ${detail}` });
  }

  const actions = {
    answer: () => shown?.call?.answer(),
    hangUp: () => shown?.call?.hangUp(),
    continueHere: () => shown?.call?.continueHere(),
    silence() {
      if (shown) shown.silenced = true;
      report({ what: 'dismissed' });
      refresh();
    },
    mute: () => shown?.call?.setMuted(!shown.view?.muted),
    camera: () => shown?.call?.setCamera(!shown.view?.camera),
    switchCamera: () => shown?.call?.switchCamera().catch(cameraFailed),
    testPicture() {
      testPicture.toggle();
      leave();
    },
    close: leave,
  };

  function leave() {
    keepCall(handset, undefined);
    shown = undefined;
    showCallPage(undefined);
    onClose();
    openNext();
  }

  /**
   * The call goes on, with the camera that it had or without one.
   *
   * @param {{ errCode?: number, errMsg?: string }} error
   */
  function cameraFailed({ errCode, errMsg }) {
    report({ what: 'problem', errCode, detail: errMsg });
  }

  function openNext() {
    if (isPlacing || (shown && !isOver(shown.view))) return;
    const next = waiting.shift();
    if (next) open(next.path, next);
  }

  // An incoming call shows for how long it still rings.
  setInterval(() => {
    if (shown?.view?.state === 'incoming') refresh();
  }, 500);

  return {
    /** The caller's page. @param {string} path */
    open: (path) => open(path),
    /** While a call is being placed, nothing comes between. @param {boolean} placing */
    place(placing) {
      isPlacing = placing;
      openNext();
    },
    /** @param {Reminder} reminder */
    ring(reminder) {
      waiting.push(reminder);
      if (shown) refresh();
      openNext();
    },
    /** A call that waited rings no more; the one that is shown hears it from the service. @param {string} roomId */
    silence(roomId) {
      const at = waiting.findIndex((reminder) => reminder.roomId === roomId);
      if (at < 0) return;
      waiting.splice(at, 1);
      refresh();
    },
    /** Goes back into the call that this tab was in. */
    resume() {
      const path = keptCall(handset);
      if (path) open(path, undefined, true);
    },
    refresh,
  };
}

/**
 * A call that another tab has taken may be taken back.
 *
 * @param {CallView | undefined} view
 */
const isOver = (view) => view?.state === 'ended' && !view.canContinue;

/**
 * The page of a call that was placed is opened without a query; a page that is loaded anew knows of no such call. It may
 * be the other side's, which had called before.
 *
 * @param {CallView} view
 * @param {string} path
 */
function pathOf({ roomId, roomType, isCaller }, path) {
  if (path.includes('?')) return path;
  return `${path}?${new URLSearchParams({ isCaller: isCaller ? '1' : '0', roomType, groupId: roomId })}`;
}
