// The form of a handset: every field of `req` as free text, so that wrong input can be made on purpose.
//
// An empty field is left out, and so is a party without a single field. The module's own `check` says
// beside a field what is wrong with it; it never keeps the call from being made.

import { check } from 'wmpf-voip';
import { element } from './dom.js';
import { problemText } from './explanation.js';
import { onLanguage, t } from './i18n.js';

/** @typedef {{ path: string, number?: true, secret?: true, choices?: string[] }} Spec of a field */

/**
 * In the order of the sample code. `choices` are the documented values, offered as buttons.
 * @type {Array<{ party?: string, title: string, fields: Spec[] }>}
 */
const GROUPS = [
  { party: 'caller', title: 'group.caller', fields: partyFields('caller') },
  { party: 'listener', title: 'group.listener', fields: partyFields('listener') },
  {
    title: 'group.call',
    fields: [
      { path: 'roomType', choices: ['video', 'voice'] },
      { path: 'businessType', number: true, choices: ['0', '1', '2', '3'] },
      { path: 'voipToken', secret: true },
      { path: 'miniprogramState', choices: ['developer', 'trial', 'formal'] },
      { path: 'customQuery' },
      { path: 'timeLimit', number: true },
    ],
  },
];

/**
 * @param {string} party
 * @returns {Spec[]}
 */
function partyFields(party) {
  return [
    { path: `${party}.id` },
    { path: `${party}.name` },
    { path: `${party}.cameraStatus`, number: true, choices: ['0', '1'] },
  ];
}

/**
 * What is made of the form: any request, be it wrong.
 *
 * @typedef {Record<string, any>} Made
 */

/**
 * @param {HTMLElement} container
 * @param {Record<string, string>} defaults the text of each field, by path
 * @param {(request: Made, tokenShown: boolean) => void} onChange called now and after each change
 * @returns {{ request(): Made, reset(newDefaults?: Record<string, string>): void }}
 */
export function createForm(container, defaults, onChange) {
  const fields = new Map();
  /** @type {Array<() => void>} */
  const texts = [];
  let tokenShown = false;

  for (const { party, title, fields: specs } of GROUPS) {
    const words = element('span');
    texts.push(() => (words.textContent = t(title)));
    const heading = element('h2', { class: 'weui-cells__title' }, words);
    if (party) heading.prepend(element('code', { text: party }), ' ');
    const cells = element('div', { class: 'weui-cells weui-cells_form' });
    for (const spec of specs) {
      const field = createField(spec, changed);
      fields.set(spec.path, field);
      texts.push(() => field.translate(request()));
      cells.append(field.cell);
    }
    container.append(element('div', { class: 'weui-cells__group weui-cells__group_form' }, heading, cells));
  }
  const reveal = element('button', { type: 'button', class: 'chip', onclick: toggleToken });
  fields.get('voipToken').line.append(reveal);
  texts.push(() => {
    reveal.textContent = t(tokenShown ? 'form.hide' : 'form.show');
    reveal.setAttribute('aria-label', `${reveal.textContent} voipToken`);
  });

  function request() {
    /** @type {Made} */
    const made = {};
    for (const [path, field] of fields) {
      const value = field.value();
      if (value === undefined) continue;
      const [first, second] = path.split('.');
      if (second) (made[first] ??= {})[second] = value;
      else made[first] = value;
    }
    return made;
  }

  function changed() {
    for (const translate of texts) translate();
    const made = request();
    onChange(made, tokenShown);
    showProblems(made);
  }

  function toggleToken() {
    tokenShown = !tokenShown;
    fields.get('voipToken').cell.classList.toggle('revealed', tokenShown);
    changed();
  }

  let newest = 0;
  /** @param {Made} made */
  async function showProblems(made) {
    const mine = ++newest;
    // It fails where the module cannot be loaded; Call tells that better than every key press.
    const problems = await check(made).catch(() => []);
    if (mine !== newest) return;
    for (const [path, field] of fields) {
      // A party that is left out has no field of its own to complain at; its id stands for it.
      const problem = problems.find((p) => p.path === path || `${p.path}.id` === path);
      field.complain(problem && problemText(problem));
    }
  }

  function reset(newDefaults = defaults) {
    defaults = newDefaults;
    for (const [path, field] of fields) field.set(defaults[path]);
    changed();
  }

  for (const [path, field] of fields) field.set(defaults[path]);
  onLanguage(changed);
  return { request, reset };
}

/**
 * @param {Spec} spec
 * @param {() => void} onInput
 */
function createField({ path, number, secret, choices = [] }, onInput) {
  const name = path.split('.').at(-1);
  const hint = element('span', { class: 'field__hint', id: `${path}-hint` });
  const label = element('label', { class: 'weui-label', for: path }, element('code', { text: name }), hint);
  const problem = element('p', { class: 'field__problem', id: `${path}-problem` });
  const input = element('input', {
    id: path,
    name: path,
    class: secret ? 'weui-input masked' : 'weui-input',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    'aria-label': path,
    'aria-describedby': `${hint.id} ${problem.id}`,
    oninput: onInput,
  });
  const chips = choices.map((choice) =>
    element('button', {
      type: 'button',
      class: 'chip',
      text: choice,
      'aria-label': `${path}: ${choice}`,
      onclick() {
        input.value = choice;
        onInput();
      },
    }),
  );
  const line = element('div', { class: 'field__line' }, input, ...chips);
  const body = element('div', { class: 'weui-cell__bd' }, line, problem);

  return {
    line,
    cell: element('div', { class: 'weui-cell field' }, element('div', { class: 'weui-cell__hd' }, label), body),
    /** @param {string} text */
    set(text) {
      input.value = text;
    },
    value() {
      if (input.value === '') return undefined;
      return number && spellsNumber(input.value) ? Number(input.value) : input.value;
    },
    /** @param {Made} request */
    translate(request) {
      hint.textContent = t(hintKey(path, request.businessType ?? 0));
      input.placeholder = t('form.leftOut');
      for (const chip of chips) chip.setAttribute('aria-pressed', String(chip.textContent === input.value));
    },
    complain(text = '') {
      problem.textContent = text;
      input.setAttribute('aria-invalid', String(text !== ''));
    },
  };
}

/**
 * `NaN` counts: callers pass it by accident, and one should be able to see what becomes of it.
 *
 * @param {string} text
 */
function spellsNumber(text) {
  return text === 'NaN' || (text.trim() !== '' && !Number.isNaN(Number(text)));
}

/** @type {Record<string, [caller: string, listener: string, token: string] | undefined>} */
const KINDS = {
  0: ['user', 'openId', '0'],
  1: ['sn', 'openId', '1'],
  2: ['openId', 'sn', '2'],
  3: ['user', 'openId', '0'],
};

/**
 * What an id or a token is depends on the businessType.
 *
 * @param {string} path
 * @param {unknown} businessType
 */
function hintKey(path, businessType) {
  const kinds = KINDS[String(businessType)];
  switch (path) {
    case 'caller.id':
      return kinds ? `hint.id.${kinds[0]}` : 'hint.id';
    case 'listener.id':
      return kinds ? `hint.id.${kinds[1]}` : 'hint.id';
    case 'voipToken':
      return kinds ? `hint.voipToken.${kinds[2]}` : 'hint.voipToken';
    case 'caller.name':
      return businessType === 1 ? 'hint.name.forced' : 'hint.name';
    case 'listener.name':
      return businessType === 2 ? 'hint.name.forced' : 'hint.name';
    default:
      return `hint.${path.split('.').at(-1)}`;
  }
}
