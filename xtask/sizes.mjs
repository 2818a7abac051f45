// How large the package is: node sizes.mjs <pkg> prints it, with --record it is written into sizes.md, and with --check
// it has to be what stands there.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

import { buildSync, transformSync } from 'esbuild';

// What is needed to call and to take calls may have as many bytes, minified and compressed.
const BUDGET = 48_000;
const BUDGETED = ['a browser, to call and to take calls: all', 'a mini-program, to call and to take calls: all'];

// Another version of a compiler makes other bytes of the same code.
const TOLERANCE = 0.01;

const RECORD = fileURLToPath(new URL('sizes.md', import.meta.url));
const ROWS = /^\| `?(?!-|what)([^|`]+)`? *\| *([\d,]+) \| *([\d,]+) \|$/gm;

/** @typedef {[raw: number, compressed: number]} Size in bytes */
/** @typedef {Record<string, Size>} Sizes */

/** @param {import('node:zlib').InputType} bytes */
export const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

/**
 * What a bundler makes of a module that has `contents`.
 *
 * @param {string} contents
 * @param {string} resolveDir
 */
export function bundled(contents, resolveDir) {
  const stdin = { contents, resolveDir };
  const { outputFiles } = buildSync({ stdin, bundle: true, minify: true, format: 'esm', write: false });
  return outputFiles[0].contents;
}

/**
 * @param {string} pkg
 * @returns {Sizes} bytes as they are (JavaScript minified), and compressed by brotli
 */
export function measure(pkg) {
  /** @param {string} name */
  const file = (name) => readFileSync(`${pkg}/${name}`);
  /** @type {(bytes: Uint8Array) => Size} */
  const size = (bytes) => [bytes.length, brotli(bytes)];
  /** @param {string} name */
  const minified = (name) => {
    const { code } = transformSync(file(name), { minify: true, target: 'es2017', charset: 'utf8' });
    return size(Buffer.from(code));
  };
  /** @type {(...sizes: Size[]) => Size} */
  const sum = (...sizes) => sizes.reduce(([raw, compressed], size) => [raw + size[0], compressed + size[1]]);

  const wasm = size(file('wmpf_voip_bg.wasm'));
  const toCall = size(bundled("export { default, configure } from './browser.js'", pkg));
  const toTakeCalls = size(bundled("export { default, configure, listen, openCall } from './browser.js'", pkg));
  const everything = size(bundled("export * from './browser.js'", pkg));
  const entry = minified('miniprogram_dist/index.js');
  const surface = minified('miniprogram_dist/surface.js');
  const compressed = file('miniprogram_dist/wmpf_voip_bg.wasm.br').length;
  return {
    'wmpf_voip_bg.wasm': wasm,
    'a browser, to call: JavaScript': toCall,
    'a browser, to call: all': sum(toCall, wasm),
    'a browser, to call and to take calls: all': sum(toTakeCalls, wasm),
    'a browser, with explain: all': sum(everything, wasm),
    'a mini-program: index.js': entry,
    'a mini-program: wmpf_voip_bg.wasm.br': [compressed, compressed],
    'a mini-program, to call: all': [entry[0] + wasm[0], entry[1] + compressed],
    'a mini-program: surface.js, when the rest is used': surface,
    'a mini-program, to call and to take calls: all': [
      entry[0] + wasm[0] + surface[0],
      entry[1] + compressed + surface[1],
    ],
    'a mini-program: explain.js, when it is asked for': minified('miniprogram_dist/explain.js'),
    'a mini-program: the folder as it is shipped': folder(`${pkg}/miniprogram_dist`),
  };
}

/**
 * As it is: nothing of it is minified, and the wasm is there twice.
 *
 * @param {string} path
 * @returns {Size}
 */
function folder(path) {
  const bytes = readdirSync(path).reduce((sum, name) => sum + statSync(`${path}/${name}`).size, 0);
  return [bytes, bytes];
}

/** @param {number} number */
const digits = (number) => number.toLocaleString('en');
/** @param {[string, Size]} row */
const row = ([name, [raw, compressed]]) => `| ${name} | ${digits(raw)} | ${digits(compressed)} |`;

/**
 * @param {string} text
 * @returns {Sizes}
 */
function recorded(text) {
  /** @param {string} digits */
  const number = (digits) => Number(digits.replaceAll(',', ''));
  const rows = [...text.matchAll(ROWS)];
  return Object.fromEntries(rows.map(([, name, raw, compressed]) => [name.trim(), [number(raw), number(compressed)]]));
}

/** @param {Sizes} sizes */
function record(sizes) {
  const rows = Object.entries(sizes).map(row).join('\n');
  const text = readFileSync(RECORD, 'utf8');
  const table = `\n| what | bytes | compressed |\n| --- | --- | --- |\n${rows}\n\n`;
  const generated = /(?<=<!-- generated: sizes -->\n)[^]*(?=<!-- \/generated -->)/;
  writeFileSync(RECORD, text.replace(generated, table));
}

/** @param {Sizes} sizes */
function check(sizes) {
  const before = recorded(readFileSync(RECORD, 'utf8'));
  const names = new Set([...Object.keys(before), ...Object.keys(sizes)]);
  /** @param {string} name */
  const differs = (name) => [0, 1].some((i) => !(Math.abs(sizes[name]?.[i] / before[name]?.[i] - 1) <= TOLERANCE));
  const wrong = [...names].filter(differs);
  const said = wrong.map((name) => `${name}: ${before[name] ?? 'nothing'} recorded, now ${sizes[name] ?? 'nothing'}`);
  if (said.length > 0) {
    const remedy = 'If that is right, `cargo xtask sizes` records it.';
    throw new Error(`the package is not as large as xtask/sizes.md says:\n  ${said.join('\n  ')}\n${remedy}`);
  }
  const tooLarge = BUDGETED.filter((name) => sizes[name][1] > BUDGET).map(
    (name) => `${name}: ${digits(sizes[name][1])}`,
  );
  if (tooLarge.length === 0) return;
  throw new Error(
    `the package may have ${digits(BUDGET)} bytes, compressed, and has more:\n  ${tooLarge.join('\n  ')}`,
  );
}

/** @param {string[]} args */
function main([pkg, option]) {
  const sizes = measure(pkg);
  console.log('bytes: as they are (JavaScript minified), and compressed by brotli');
  for (const [name, [raw, compressed]] of Object.entries(sizes)) {
    console.log(`${name.padEnd(50)}${digits(raw).padStart(10)}${digits(compressed).padStart(10)}`);
  }
  if (option === '--record') record(sizes);
  if (option === '--check') check(sizes);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
