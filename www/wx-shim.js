// Plays the platform for the sample code: the two functions of `wx` that it uses, and `requirePlugin`.

import { byId, element } from './dom.js';

/** How long a toast stays if the call does not say, as on the platform. */
const TOAST_MS = 1500;

/** @type {Record<string, string>} */
const ICONS = { success: 'weui-icon-success-no-circle', error: 'weui-icon-warn' };

/**
 * @param {{ openPage(url: string): void, onToast(title: string): void, noteOfToast(): string }} screen
 *   what a handset does with a page or a toast, and says below one
 */
export function createWx({ openPage, onToast, noteOfToast }) {
  return {
    /** @param {{ url: string }} options */
    redirectTo({ url }) {
      openPage(url);
    },
    /** @param {{ title: string, icon?: string, duration?: number }} options */
    showToast({ title, icon = 'success', duration = TOAST_MS }) {
      const toast = element(
        'div',
        { class: 'weui-toast', role: 'alert' },
        element('i', { class: `${ICONS[icon]} weui-icon_toast`, 'aria-hidden': 'true' }),
        element('p', { class: 'weui-toast__content', text: title }),
        element('p', { class: 'toast__note', text: noteOfToast() }),
      );
      // A layer over the page would cover its controls; this one has a place of its own.
      byId('result').before(toast);
      setTimeout(() => toast.remove(), duration);
      onToast(title);
    },
  };
}

/**
 * @param {object} plugin what `requirePlugin('wmpf-voip').default` is
 * @returns {(name: string) => { default: object }}
 */
export function createRequirePlugin(plugin) {
  return (name) => {
    if (name !== 'wmpf-voip') throw new Error(`plugin "${name}" is not declared`);
    return { default: plugin };
  };
}
