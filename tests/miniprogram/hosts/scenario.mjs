// The scenario of all consumers as a mini-program's own code, which its tools compile.

import { readFile } from 'node:fs/promises';

import { transform } from 'esbuild';

const SCENARIO = new URL('../../package/loading/consumers/scenario.mjs', import.meta.url);

/** A CommonJS file that takes `sideEffects` from its scope, where there may be no globalThis. */
export async function compiledScenario() {
  const define = { 'globalThis.sideEffects': 'sideEffects' };
  const source = await readFile(SCENARIO, 'utf8');
  return (await transform(source, { format: 'cjs', target: 'es2017', define })).code;
}
