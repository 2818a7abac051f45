// A mini-program that another tool has built, on a host: its files, what they require of each other, and a platform that
// takes the app and the pages.

import { createHost } from './host.mjs';
import { globalsOf } from './profiles.mjs';
import { requireOf } from './require.mjs';

/**
 * Loads the app and then its pages.
 * @param {string} out where the tool has put it
 * @param {string[]} pages
 * @param {import('./profiles.mjs').Profile} profile
 * @param {import('./code-package.mjs').Behaviour} behaviour
 * @returns {{ host: import('./host.mjs').Host, imported: object[], paths: string[] }} what the pages handed to
 * `wx.imported`
 */
export function openBuilt(out, pages, profile, behaviour) {
  const { globals, paths } = globalsOf(profile, behaviour);
  const imported = [];
  const wx = { ...globals.wx, ...QUESTIONS, imported: (module) => imported.push(module) };
  const host = createHost({ ...globals, ...REGISTRY, wx, console }, profile.engine);
  const require = requireOf(host, out, { scope: { global: {} } });
  for (const file of ['./app', ...pages.map((page) => `./${page}`)]) require(file);
  return { host, imported, paths };
}

/** What the tools' own code asks of every platform while it is loaded. */
const QUESTIONS = {
  canIUse: () => false,
  getSystemInfoSync: () => ({ platform: 'devtools', language: 'zh_CN', SDKVersion: '3.13.0' }),
};

/** Where it registers the app and the pages, which nobody opens here. */
const REGISTRY = {
  App() {},
  Page() {},
  Component() {},
  Behavior() {},
  getApp: () => ({}),
  getCurrentPages: () => [],
};
