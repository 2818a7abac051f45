// A row of the sequence diagram: an arrow between a party and the service, or a note at a party's lane.
// It opens to the time, the words and the data of what happened.

import { element } from './dom.js';
import { explanationOf } from './explanation.js';
import { t } from './i18n.js';

const FAILURES = new Set(['failed', 'unanswered', 'problem', 'broken']);

/** What comes again and again, while a call goes on or its media find a way. */
const REPEATING_EVENTS = new Set(['calling']);

/** Of what came again and again, the newest can be read. */
const MOST_DATA = 30;

/**
 * @param {import('./diagram.js').DiagramEntry} entry
 * @param {string[]} lanes
 */
export function createRow(entry, lanes) {
  const { who, what, flow, name, label, at, errCode } = entry;
  const repeats = what === 'relayed' || (what === 'event' && name !== undefined && REPEATING_EVENTS.has(name));
  let times = 1;
  /** @type {Array<{ at: number, detail?: string, body?: string }>} */
  const occurrences = [entry];

  const summary = element('summary', { class: 'step__summary' });
  const data = element('div', { class: 'step__data' });
  const details = element('details', { ontoggle: renderData }, summary, data);
  const node = element(
    'li',
    {
      class: `step step_${what}${FAILURES.has(what) ? ' step_bad' : ''}`,
      'data-who': who,
      'data-what': what,
      'data-flow': flow,
      'data-name': name,
    },
    details,
  );

  /** @param {string[]} nowLanes */
  function render(nowLanes) {
    lanes = nowLanes;
    const [from, to] = flow === 'in' ? ['service', who] : [who, 'service'];
    const [start, end] = [lanes.indexOf(from), lanes.indexOf(to)];
    const mark = flow
      ? element('span', {
          class: `step__arrow ${start < end ? 'step__arrow_right' : 'step__arrow_left'}`,
          // Two columns to a lane: an arrow begins and ends in the middle of one.
          style: `grid-column: ${2 * Math.min(start, end) + 2} / ${2 * Math.max(start, end) + 2}`,
        })
      : element('span', {
          class: `step__note step__note_${who}`,
          style: `grid-column: ${2 * lanes.indexOf(who) + 1} / span 2`,
        });
    mark.append(
      element('span', {
        class: 'visually-hidden',
        text: flow ? `${t(`role.${from}`)} → ${t(`role.${to}`)}: ` : `${t(`role.${who}`)}: `,
      }),
      element('span', { class: 'step__name' }, ...breakable(heading())),
      times > 1 ? element('span', { class: 'step__times', text: ` ×${times}` }) : '',
    );
    summary.replaceChildren(
      element('time', { datetime: new Date(at).toISOString(), text: clock(at) }),
      element('span', { class: 'step__lanes' }, mark),
    );
    renderData();
  }

  function heading() {
    const words = label ? t(...label) : (name ?? t(`diagram.${what}`));
    return errCode === undefined ? words : `${words} · ${errCode}`;
  }

  /** Only what is open is rendered: a long run has many rows, and few are read. */
  function renderData() {
    if (!details.open) return data.replaceChildren();
    const shown = occurrences.map((each) =>
      element(
        'div',
        {},
        element(
          'p',
          {},
          element('time', { text: `${clock(each.at)}.${milliseconds(each.at)}` }),
          ` ${each.detail ?? ''}`,
        ),
        each.body === undefined ? '' : element('pre', { tabindex: '0' }, element('code', { text: each.body })),
      ),
    );
    data.replaceChildren(...shown, explanationOf(errCode) ?? '');
  }

  render(lanes);
  return {
    node,
    at,
    repeats,
    render,
    /** @param {import('./diagram.js').DiagramEntry} other */
    isLike: (other) =>
      repeats && other.who === who && other.what === what && other.flow === flow && other.name === name,
    /** @param {import('./diagram.js').DiagramEntry} again */
    repeat(again) {
      times += 1;
      occurrences.push(again);
      if (occurrences.length > MOST_DATA) occurrences.shift();
      render(lanes);
    },
  };
}

/** A name that is too long for its lane breaks where one of its words ends. @param {string} text */
function breakable(text) {
  const words = text.split(/(?<=[a-z])(?=[A-Z])|(?<=[/…])/);
  return words.flatMap((word, at) => (at === 0 ? [word] : [element('wbr'), word]));
}

/** @param {number} number */
const padded = (number, length = 2) => String(number).padStart(length, '0');

/** @param {number} at */
function clock(at) {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => padded(part)).join(':');
}

/** @param {number} at */
function milliseconds(at) {
  return padded(new Date(at).getMilliseconds(), 3);
}
