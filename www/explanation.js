// What an error code means, usually comes from and asks for: the package's own words, in the page's language.

import { explain } from 'wmpf-voip'
import { element } from './dom.js'
import { language, t } from './i18n.js'

/**
 * @param {number | undefined} errCode
 * @returns {HTMLElement | undefined} nothing for a code that the contract does not have
 */
export function explanationOf(errCode) {
  const explained = explain(errCode, language())
  if (!explained) return undefined
  const list = element('dl', { class: 'explanation', 'data-testid': 'explanation' })
  for (const part of ['meaning', 'cause', 'remedy']) {
    list.append(element('dt', { text: t(`explain.${part}`) }), element('dd', { text: explained[part] }))
  }
  return list
}
