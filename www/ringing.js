// The incoming-call screen: a handset that was reminded rings until somebody stops it or the call's
// time is over. Calls that come meanwhile wait for their turn.

import { byId, element } from './dom.js';
import { onLanguage, t } from './i18n.js';
import { report } from './report.js';

/** @type {Array<import('./reminders.js').Reminder>} the first one is shown */
const ringing = [];

/** @param {import('./reminders.js').Reminder} reminder */
export function ring(reminder) {
  ringing.push(reminder);
  if (ringing.length === 1) open();
  else refresh();
}

/** The caller has given up. @param {string} roomId */
export function silence(roomId) {
  const at = ringing.findIndex((reminder) => reminder.roomId === roomId);
  if (at === 0) return stop('cancelled');
  if (at > 0) report({ what: 'cancelled', detail: ringing.splice(at, 1)[0].roomId });
  refresh();
}

function open() {
  const [{ callerName, path }] = ringing;
  const [page, query = ''] = path.split('?');
  byId('incoming-avatar').textContent = initial(callerName);
  byId('incoming-name').textContent = callerName;
  byId('incoming-path').textContent = page;
  byId('incoming-query').replaceChildren(
    ...Array.from(new URLSearchParams(query), ([name, value]) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row', text: name }),
        element('td', { text: value }),
      ),
    ),
  );
  byId('incoming').hidden = false;
  byId('screen').inert = true;
  // Only where the user already is: a call must not take the keyboard from the other handset.
  if (document.hasFocus()) byId('dismiss').focus();
  report({ what: 'opened', detail: path });
  byId('announcement').textContent = t('incoming.announce', { name: callerName });
  refresh();
}

function stop(what) {
  end(what);
  // A call whose time was over while it waited is not opened any more.
  while (ringing.length > 0 && secondsLeft(ringing[0]) <= 0) end('expired');
  if (ringing.length > 0) return open();
  byId('incoming').hidden = true;
  byId('screen').inert = false;
  byId('announcement').textContent = '';
  if (document.hasFocus()) byId('call').focus();
}

function end(what) {
  report({ what, detail: ringing.shift().roomId });
}

const secondsLeft = ({ ringsUntil }) => Math.ceil((ringsUntil - Date.now()) / 1000);

function refresh() {
  if (ringing.length === 0) return;
  const [{ roomType }] = ringing;
  const seconds = secondsLeft(ringing[0]);
  if (seconds <= 0) return stop('expired');
  byId('incoming-kind').textContent = t(`incoming.${roomType}`);
  byId('incoming-countdown').textContent = t('incoming.seconds', { seconds });
  const waiting = ringing.length - 1;
  byId('incoming-waiting').textContent =
    waiting > 0 ? t('incoming.waiting', { count: waiting }) : '';
}

/** What stands for a party in place of a picture. @param {string} name */
export function initial(name) {
  return Array.from(name)[0] ?? '?';
}

byId('dismiss').addEventListener('click', () => stop('dismissed'));
setInterval(refresh, 250);
onLanguage(refresh);
