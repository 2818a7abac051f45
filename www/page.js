// The page around the two handsets: the language switch, the diagram that the handsets write to, and
// the gallery.

import { all, byId } from './dom.js';
import { onLanguage, language, setLanguage, t, translate } from './i18n.js';
import { showGallery } from './gallery.js';
import { followRinging } from './jump.js';
import { loadDemo, NoDemo } from './service.js';
import { addEntry } from './diagram.js';

const HANDSETS = ['device', 'phone'];

addEventListener('message', ({ origin, source, data }) => {
  if (origin !== location.origin) return;
  const who = HANDSETS.find((role) => /** @type {HTMLIFrameElement} */ (byId(role)).contentWindow === source);
  if (!who) return;
  if (data.diagramEntry) addEntry({ ...data.diagramEntry, who });
  if (data.ringing !== undefined) followRinging(who, data.ringing);
});

for (const button of all('[data-language]')) {
  button.addEventListener('click', () => setLanguage(button.dataset.language === 'zh' ? 'zh' : 'en'));
}

onLanguage(() => {
  translate();
  document.title = t('page.title');
  for (const role of HANDSETS) byId(role).title = t(`role.${role}`);
  for (const button of all('[data-language]')) {
    button.setAttribute('aria-pressed', String(button.dataset.language === language()));
  }
});

// Only what runs on this machine can be brought to another one as its own.
byId('machines-commands').hidden = !['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);
byId('ssh').textContent = `ssh -L ${location.port}:127.0.0.1:${location.port} …`;
byId('adb').textContent = `adb reverse tcp:${location.port} tcp:${location.port}`;

try {
  showGallery(await loadDemo());
} catch (error) {
  if (!(error instanceof NoDemo)) throw error;
  byId('content').hidden = true;
  byId('notice').hidden = false;
  onLanguage(() => (byId('notice').textContent = t(error.textKey)));
}
