// The field for the key. Whatever was typed is taken out of it before it is used.

import { element } from './dom.js';
import { t } from './i18n.js';
import { messageOf } from './paged.js';

/**
 * @param {string} why what to say at first
 * @param {(key: string) => Promise<void>} enter fails with what is wrong with the key
 */
export function signIn(why, enter) {
  const refusal = element('p', {
    class: 'refusal',
    role: 'alert',
    'data-testid': 'refusal',
    text: why,
    hidden: why === '',
  });
  const input = element('input', {
    id: 'key',
    type: 'password',
    required: true,
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    'aria-describedby': 'key-note',
  });
  const button = element('button', { type: 'submit', class: 'button button_main', text: t('signIn.do') });

  /** @param {string} text */
  function refuse(text) {
    refusal.textContent = text;
    refusal.hidden = false;
    input.focus();
  }

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    const key = input.value.trim();
    input.value = '';
    // A header takes no others.
    if (!/^[\x21-\x7e]+$/.test(key)) return refuse(t('signIn.malformed'));
    button.disabled = true;
    button.textContent = t('signIn.doing');
    try {
      await enter(key);
    } catch (error) {
      refuse(messageOf(error));
    }
    button.disabled = false;
    button.textContent = t('signIn.do');
  }

  return element(
    'main',
    { class: 'content content_narrow', 'data-testid': 'sign-in' },
    element(
      'form',
      { class: 'card', onsubmit: submit },
      element('h1', { text: t('signIn.title') }),
      refusal,
      element('label', { for: 'key', text: t('signIn.key') }),
      input,
      element('p', { id: 'key-note', class: 'quiet', text: t('signIn.note') }),
      button,
    ),
  );
}
