// Asks before something that cannot be undone.

import { element } from './dom.js';

/**
 * @param {{ title: string, about: string, note: string, yes: string, no: string }} texts
 * @returns {Promise<boolean>}
 */
export function confirmed({ title, about, note, yes, no }) {
  const dialog = element('dialog', { class: 'dialog', 'aria-labelledby': 'dialog-title', 'data-testid': 'confirm' });
  const answer = (/** @type {string} */ value) => () => dialog.close(value);
  dialog.append(
    element('h2', { id: 'dialog-title', text: title }),
    element('p', { class: 'dialog__about', text: about }),
    element('p', { text: note }),
    element(
      'div',
      { class: 'dialog__buttons' },
      // The first one has the focus: Enter alone does nothing that cannot be undone.
      element('button', { type: 'button', class: 'button', text: no, onclick: answer('') }),
      element('button', { type: 'button', class: 'button button_bad', text: yes, onclick: answer('yes') }),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}
