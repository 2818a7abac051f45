// A button that has just come under a finger or a key is not what was meant: the second press of a double click, a tap
// that was on its way, or a key that is held down would decline a call, or end the one that was just answered. So
// what takes another's place takes no press in the first moment, and a key that is held counts once.

/** The second press of a double click comes within this time on every common system, in ms. */
export const SETTLING_MS = 500;

/** The buttons that take no press yet, with the timers that end it. @type {Map<HTMLElement | null, number>} */
const settling = new Map();

/** @param {Iterable<HTMLElement>} buttons what has come or moved */
export function settle(buttons) {
  for (const button of buttons) {
    clearTimeout(settling.get(button));
    button.setAttribute('aria-disabled', 'true');
    const timer = setTimeout(() => {
      button.removeAttribute('aria-disabled');
      settling.delete(button);
    }, SETTLING_MS);
    settling.set(button, timer);
  }
}

/** @param {Event} event */
function refuse(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** @param {Event} event */
const buttonOf = ({ target }) => (target instanceof Element ? target.closest('button') : null);

addEventListener('click', (event) => settling.has(buttonOf(event)) && refuse(event), { capture: true });
addEventListener(
  'keydown',
  (event) => event.repeat && ['Enter', ' '].includes(event.key) && buttonOf(event) && refuse(event),
  { capture: true },
);
