// The folder that WeChat's npm builder copies as it is: CommonJS in the syntax of old engines, and the wasm, also
// compressed.
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

import { build } from 'esbuild';

const [pkg] = process.argv.slice(2);
const dist = `${pkg}/miniprogram_dist`;

/** @satisfies {import('esbuild').BuildOptions} */
const options = /** @type {const} */ ({
  // Names in comments are relative to it, and so the same on every machine.
  absWorkingDir: pkg,
  outdir: 'miniprogram_dist',
  bundle: true,
  format: 'cjs',
  platform: 'neutral',
  target: 'es2017',
  charset: 'utf8',
  // What only browsers have is left out.
  define: { addEventListener: 'undefined', sessionStorage: 'undefined' },
  logLevel: 'warning',
  // Inside of a function every minifier shortens every name.
  banner: { js: '(() => {' },
  footer: { js: '})();' },
  // Some write their exports themselves: what would do that for them is larger.
  logOverride: { 'commonjs-variable-in-esm': 'silent' },
});
await build({
  ...options,
  entryPoints: { index: 'miniprogram/index.js' },
  inject: ['miniprogram/scope.js', 'miniprogram/utf8.js'],
  external: ['./explain.js', './surface.js'],
});
await build({ ...options, entryPoints: { explain: 'explain.js', surface: 'miniprogram/surface.js' } });

// The package's other files are ES modules; this says that these are not.
writeFileSync(`${dist}/package.json`, '{ "type": "commonjs" }\n');

const wasm = readFileSync(`${pkg}/wmpf_voip_bg.wasm`);
const params = {
  [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
  [constants.BROTLI_PARAM_SIZE_HINT]: wasm.length,
  // Smaller than with what brotli chooses by itself, by a search over all of them.
  [constants.BROTLI_PARAM_LGBLOCK]: 16,
  [constants.BROTLI_PARAM_NDIRECT]: 2,
};
writeFileSync(`${dist}/wmpf_voip_bg.wasm`, wasm);
writeFileSync(`${dist}/wmpf_voip_bg.wasm.br`, brotliCompressSync(wasm, { params }));
