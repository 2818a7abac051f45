// One helper to make elements. Text only ever goes in as text: nothing on this page parses HTML, so
// a caller's name or a service's message cannot become markup.

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [properties] `class`, `text`, `on…` and attributes; `undefined` and `false` are skipped
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name === 'text') node.textContent = String(value);
    else if (name.startsWith('on')) node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children);
  return node;
}

/**
 * The elements that a selector finds.
 *
 * @param {string} selector
 * @returns {NodeListOf<HTMLElement>}
 */
export const all = (selector) => document.querySelectorAll(selector);

/**
 * The element of this id, which the document is known to have.
 *
 * @template {HTMLElement} [Of=HTMLElement]
 * @param {string} id
 */
export function byId(id) {
  return /** @type {Of} */ (document.getElementById(id));
}
