// The mini-programs of docs/guides.md, put together in directories.

import { cp } from 'node:fs/promises';
import { join } from 'node:path';

import { readGuides, save } from '../../support/guides.mjs';
import { DIST, IN_APP } from './code-package.mjs';

const PAGE = 'pages/index/index.js';

/** What a page of a guide begins with, and what another guide has in its place. */
const IMPORT = /^const \{ default: wmpfVoip, configure \} = require\('wmpf-voip'\)$/m;

/**
 * @param {string} endpoint
 * @returns {Promise<{ app: Map<string, string>, devTools: Map<string, string>, plugin: Map<string, string>, user: Map<string, string> }>}
 * their files: a mini-program, one that uses this module in DevTools only, a plugin, and a mini-program that uses it
 */
export async function miniPrograms(endpoint) {
  const { files, rest, manifests } = await readGuides(endpoint);
  const page = files.get(PAGE);
  if (!IMPORT.test(page)) throw new Error(`${PAGE} of the guides begins otherwise`);
  const [ofUser, ofDevTools] = manifests.map((manifest) => JSON.stringify(manifest));
  const [fromPlugin, waitingByPlugin, fromVoip] = rest;
  const pick = (...names) => names.map((name) => [name, files.get(name)]);
  const wxml = pick('pages/index/index.wxml');
  const ofCalls = pick('pages/call/call.js', 'pages/call/call.wxml');
  const waiting = files.get('pages/waiting/waiting.js');
  const waitingWxml = pick('pages/waiting/waiting.wxml');
  const inDevTools = `${fromVoip}Page({ onLoad() { this.wmpfVoip = wmpfVoip } })\n`;
  return {
    app: new Map([
      ['app.json', '{ "pages": ["pages/index/index", "pages/call/call", "pages/waiting/waiting"] }'],
      [PAGE, page],
      ['pages/waiting/waiting.js', waiting],
      ...wxml,
      ...ofCalls,
      ...waitingWxml,
    ]),
    devTools: new Map([['app.json', ofDevTools], [PAGE, inDevTools], ...wxml, ...pick('voip.js', 'voip-devtools.js')]),
    plugin: new Map([['index.js', files.get('plugin/index.js')]]),
    user: new Map([
      ['app.json', ofUser],
      [PAGE, page.replace(IMPORT, fromPlugin.trim())],
      ['pages/waiting/waiting.js', withLines(waiting, waitingByPlugin)],
      ...wxml,
      ...waitingWxml,
    ]),
  };
}

/** Code with other lines in place of those that begin in the same way. */
function withLines(code, lines) {
  return lines
    .trimEnd()
    .split('\n')
    .reduce((code, line) => {
      const beginning = line.match(/^ *const (\{[^}]*\}|\w+)/)[0];
      const changed = code.split('\n').map((old) => (old.startsWith(beginning) ? line : old));
      if (!changed.includes(line)) throw new Error(`no line begins with ${beginning}`);
      return changed.join('\n');
    }, code);
}

/** A mini-program in a directory, with the package where WeChat's npm builder puts it, or elsewhere. */
export async function place(directory, files, folder = IN_APP) {
  await save(directory, files);
  await cp(DIST, join(directory, folder), { recursive: true });
}

/** What a project has besides. */
export const OF_PROJECT = new Map([
  ['project.config.json', '{ "appid": "wxde00000000000001", "compileType": "miniprogram", "miniprogramRoot": "./" }'],
  ['app.js', 'App({});\n'],
  ['pages/index/index.json', '{}'],
  ['pages/call/call.json', '{}'],
  ['pages/waiting/waiting.json', '{}'],
]);
