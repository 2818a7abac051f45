// A handset may ring out of sight: on a narrow screen they stand below each other, and the page goes on below them. Then
// a bar at the edge of the window leads to it.
//
// The bar covers nothing. While it is there, the page above it scrolls by itself, in the height that is left.

import { byId } from './dom.js';
import { onLanguage, t } from './i18n.js';
import { SETTLING_MS } from './settling.js';

const ringing = new Set();
const visible = new Set();

/**
 * @param {string} role
 * @param {boolean} rings
 */
export function followRinging(role, rings) {
  if (rings) ringing.add(role);
  else ringing.delete(role);
  render();
}

function hiddenRole() {
  return [...ringing].find((role) => !visible.has(role));
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let leaving;

// A call says often that it rings: what is leaving already leaves at its time.
function render() {
  const role = hiddenRole();
  if (role === undefined) {
    leaving ??= setTimeout(leave, SETTLING_MS);
    return;
  }
  clearTimeout(leaving);
  leaving = undefined;
  byId('jump').textContent = t('page.jump', { who: t(`role.${role}`) });
  showBar(true);
}

// Not at once: a second tap on it shall not go to what it makes room for.
function leave() {
  leaving = undefined;
  showBar(false);
}

/**
 * The reader stays where they are in the page.
 *
 * @param {boolean} shown
 */
function showBar(shown) {
  const [page, content] = [document.scrollingElement ?? document.documentElement, byId('page')];
  if (byId('jump').hidden !== shown) return;
  const top = shown ? page.scrollTop : content.scrollTop;
  byId('jump').hidden = !shown;
  document.body.classList.toggle('page_barred', shown);
  (shown ? content : page).scrollTop = top;
}

const observer = new IntersectionObserver(
  (changes) => {
    for (const { target, isIntersecting } of changes) {
      if (isIntersecting) visible.add(target.id);
      else visible.delete(target.id);
    }
    render();
  },
  { threshold: 0.3 },
);
for (const role of ['device', 'phone']) observer.observe(byId(role));

byId('jump').addEventListener('click', () => {
  const role = hiddenRole();
  if (role === undefined) return;
  byId(role).scrollIntoView({ block: 'center' });
  byId(role).focus({ preventScroll: true });
});
onLanguage(render);
