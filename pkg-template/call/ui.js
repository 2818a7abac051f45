// How the call page looks and where it goes afterwards, as the developer has configured it. The page reads this;
// nothing here shows anything.

/** @import { CallUI, EndPage, SideUIConfig, UIConfig, WmpfVoip } from '../index.js' */
/** @import { Core, TakingCore } from '../types/core.js' */

import { failure } from '../base/failure.js';
import { PARAMETER } from '../base/raised-codes.js';
import { checked, oneOf, taken } from '../base/fields.js';

const SIDE = {
  cameraRotation: 0,
  aspectRatio: 4 / 3,
  horMirror: false,
  vertMirror: false,
  enableToggleCamera: true,
  objectFit: 'fill',
};

const UI = { btnText: '', handsFree: true, isSelfWindowMax: false, customBoxHeight: '90vh' };

/**
 * The configuration that the page shows by: whatever was set, and the defaults.
 *
 * @param {Core} core
 * @returns {CallUI}
 */
export function uiOf(core) {
  const { callerUI, listenerUI } = core.ui || {};
  /** @param {SideUIConfig | null} [given] */
  const side = (given) => Object.assign({}, SIDE, given);
  return Object.assign({}, UI, core.ui, { callerUI: side(callerUI), listenerUI: side(listenerUI) });
}

/** @type {TakingCore<WmpfVoip['setUIConfig']>} */
export function setUIConfig(core, config) {
  const api = 'setUIConfig';
  /** @type {(value: unknown, path: string) => number} */
  const positive = (value, path) => {
    const number = checked(core, api, path, value, 'number');
    if (number > 0) return number;
    throw failure(core, PARAMETER, api, `${path}: expected a number greater than 0, got ${value}`);
  };
  /** @type {(value: unknown, path: string) => SideUIConfig} */
  const side = (value, path) =>
    taken(core, api, path, value, {
      cameraRotation: oneOf(core, api, [0, 90, 180, 270]),
      aspectRatio: positive,
      horMirror: 'boolean',
      vertMirror: 'boolean',
      enableToggleCamera: 'boolean',
      objectFit: oneOf(core, api, ['fill', 'contain']),
    });
  const given = taken(core, api, 'config', config, {
    btnText: 'string',
    callerUI: side,
    listenerUI: side,
    handsFree: 'boolean',
    isSelfWindowMax: 'boolean',
    // The documents name these heights in different places.
    customBoxHeight: oneOf(core, api, ['70vh', '75vh', '90vh']),
  });
  set(core, given);
}

/** @type {TakingCore<WmpfVoip['setCustomBtnText']>} */
export function setCustomBtnText(core, text) {
  set(core, { btnText: checked(core, 'setCustomBtnText', 'text', text, 'string') });
}

/**
 * @param {Core} core
 * @param {UIConfig} changes
 */
function set(core, changes) {
  core.ui = Object.assign({}, core.ui, changes);
  // A page that is already open shows the change, too.
  if (core.current) core.current.refresh();
}

/** @type {TakingCore<WmpfVoip['setVoipEndPagePath']>} */
export function setVoipEndPagePath(core, req) {
  const api = 'setVoipEndPagePath';
  const given = taken(core, api, '', req, {
    url: 'string',
    key: oneOf(core, api, ['Call', 'BindContact']),
    options: 'string',
    routeType: oneOf(core, api, ['redirectTo', 'switchTab', 'reLaunch']),
  });
  /** @type {(name: string) => never} */
  const missing = (name) => {
    throw failure(core, PARAMETER, api, `${name}: expected a non-empty string, got nothing`);
  };
  const { options, routeType = 'redirectTo' } = given;
  const url = given.url || missing('url');
  const key = given.key || missing('key');
  const page = { url: options ? `${url}?${options}` : url, routeType };
  core.endPages = Object.assign({}, core.endPages, { [key]: page });
}

/**
 * The page to go to after the call; undefined if the developer has not set one.
 *
 * @param {Core} core
 * @returns {EndPage | undefined}
 */
export function endPageOf(core) {
  return core.endPages?.Call && Object.assign({}, core.endPages.Call);
}
