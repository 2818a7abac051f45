// The package in this process, as often as a test wants it.
//
// Its state (the configuration, the loaded wasm) belongs to the module, so a test that depends on the state takes
// a copy of its own. `require` gives one when its cache is emptied.

import { createRequire } from 'node:module';
import { join } from 'node:path';

import { PKG } from './paths.mjs';

const require = createRequire(import.meta.url);
const entry = join(PKG, 'node.cjs');

/** @returns {typeof import('../../pkg/index.d.ts')} */
export function freshModule() {
  delete require.cache[require.resolve(entry)];
  return require(entry);
}
