// The page: who may look at it, and which view the address names.

import { apiOf } from './api.js';
import { apps, head, SECTIONS } from './apps.js';
import { audit } from './audit.js';
import { authorisations } from './authorisations.js';
import { call } from './call.js';
import { device, devices } from './devices.js';
import { element } from './dom.js';
import { language, setLanguage, t } from './i18n.js';
import { live } from './live.js';
import { records } from './records.js';
import { signIn } from './sign-in.js';
import { users } from './users.js';
import { linkTo } from './view.js';

/** How long a message stays, in milliseconds. */
const MESSAGE_MS = 8_000;

/** @type {Record<typeof SECTIONS[number], (place: import('./view.js').Place) => Node>} */
const LISTS = { live, calls: records, devices, users, authorisations };
/** @type {Record<string, (place: import('./view.js').Place) => Node>} */
const SINGLE = { calls: call, devices: device };

/** What ends with the session, and with the view. */
let session = new AbortController();
let view = new AbortController();
/** @type {import('./api.js').Api | undefined} */
let api;

const message = element('div', { class: 'message', role: 'status', 'data-testid': 'notice', hidden: true });
let messageTimer = 0;

/**
 * @param {string} text
 * @param {boolean} [isBad]
 */
function tell(text, isBad = false) {
  clearTimeout(messageTimer);
  message.textContent = text;
  message.classList.toggle('message_bad', isBad);
  message.hidden = false;
  messageTimer = setTimeout(() => {
    message.hidden = true;
  }, MESSAGE_MS);
}

/** @param {string} [why] what to say above the field */
function signOut(why = '') {
  session.abort();
  view.abort();
  api = undefined;
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  message.hidden = true;
  document.title = `${t('signIn.title')} · ${t('page.title')}`;
  const main = signIn(why, async (key) => {
    session = new AbortController();
    const asked = apiOf(key, session.signal, (refused) => {
      if (api === asked) signOut(t('signIn.out') + refused.message);
    });
    await asked.get(['apps'], { limit: 1 });
    api = asked;
    show();
  });
  document.body.replaceChildren(header(false), main, message);
  main.querySelector('input')?.focus();
}

/** The parts of the address after `#/`. */
function parts() {
  const written = location.hash.replace(/^#\/?/, '').split('/');
  try {
    return written.map(decodeURIComponent).filter((part) => part !== '');
  } catch {
    return written;
  }
}

/** Shows what the address names. */
function show() {
  if (!api) return;
  view.abort();
  view = new AbortController();
  const [first = 'apps', app = '', section = 'live', one = '', ...rest] = parts();
  const place = { api, signal: AbortSignal.any([session.signal, view.signal]), app, one, tell };
  const { title, name, above, nodes } = shown(place, first, section, rest.length > 0);
  const heading = element('h1', { tabindex: '-1', text: title });
  document.title = [name ?? '', title, t('page.title')].filter((part) => part !== '').join(' · ');
  const main = element('main', { class: 'content', 'data-testid': 'view' }, above ?? '', heading, ...nodes);
  document.body.replaceChildren(header(true, first), main, message);
  scrollTo(0, 0);
  heading.focus({ preventScroll: true });
}

/**
 * @param {import('./view.js').Place} place
 * @param {string} first
 * @param {string} section
 * @param {boolean} isMore whether there is more in the address than any view has
 * @returns {{ title: string, name?: string, above?: Node, nodes: Node[] }} its heading, what else it is called, and what it has
 */
function shown(place, first, section, isMore) {
  const { app, one } = place;
  if (first === 'audit' && app === '') return { title: t('page.audit'), nodes: [audit(place)] };
  if (first === 'apps' && app === '') return { title: t('page.apps'), nodes: [apps(place)] };
  const known = SECTIONS.find((name) => name === section);
  const draw = one === '' ? known && LISTS[known] : SINGLE[section];
  if (first !== 'apps' || !known || !draw || isMore) {
    return { title: t('page.title'), nodes: [element('p', { class: 'empty', text: t('page.none') })] };
  }
  const back = element('p', { class: 'back' }, element('a', { href: linkTo('apps'), text: `← ${t('page.back')}` }));
  return { title: app, name: t(`app.${known}`), above: back, nodes: [...head(place, section), draw(place)] };
}

/**
 * @param {boolean} isSignedIn
 * @param {string} [current] the first part of the address
 */
function header(isSignedIn, current) {
  const link = (/** @type {'apps' | 'audit'} */ name) =>
    element('a', { href: linkTo(name), 'aria-current': name === current && 'page', text: t(`page.${name}`) });
  const choices = /** @type {const} */ ([
    ['en', 'en', 'English'],
    ['zh', 'zh-CN', '中文'],
  ]);
  const languages = choices.map(([chosen, lang, text]) =>
    element('button', {
      type: 'button',
      lang,
      'aria-pressed': String(chosen === language()),
      text,
      onclick: () => change(chosen),
    }),
  );
  const name = element('span', { class: 'name' }, element('b', { text: 'wmpf-voip' }), ' ', t('page.name'));
  const nav = element('nav', { class: 'nav', 'aria-label': t('page.title') }, link('apps'), link('audit'));
  const segments = element('div', { class: 'segments', role: 'group', 'aria-label': t('page.language') }, ...languages);
  const out = element('button', { type: 'button', class: 'button', text: t('page.signOut'), onclick: () => signOut() });
  return element('header', { class: 'header' }, name, isSignedIn ? nav : '', segments, isSignedIn ? out : '');
}

/** @param {import('./i18n.js').Language} chosen */
function change(chosen) {
  setLanguage(chosen);
  document.documentElement.lang = chosen === 'zh' ? 'zh-CN' : 'en';
  if (api) show();
  else signOut();
}

addEventListener('hashchange', show);
change(language());
