// On a narrow screen the handsets stand below each other, and one may ring out of sight. Then a button
// at the edge of the screen leads to it.

import { byId } from './dom.js';
import { onLanguage, t } from './i18n.js';

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

function render() {
  const role = hiddenRole();
  byId('jump').hidden = role === undefined;
  if (role) byId('jump').textContent = t('page.jump', { who: t(`role.${role}`) });
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

byId('jump').addEventListener('click', () =>
  byId(hiddenRole()).scrollIntoView({ block: 'center' }),
);
onLanguage(render);
