// What a page transfers: bundled and minified by esbuild, compressed by brotli, with the wasm.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

export function measureSizes() {
  const wasm = brotli(readFileSync(`${root}/pkg/wmpf_voip_bg.wasm`));
  const module = `${root}/pkg/browser.js`;
  const rows = {
    'wmpf-voip, to call': wasm + bundled(`export { default, configure } from '${module}'`),
    'wmpf-voip, with explain()': wasm + bundled(`export * from '${module}'`),
    'sip.js': bundled(`export * from 'sip.js'`),
  };
  console.log('bundled and minified, brotli, wasm included');
  for (const [name, bytes] of Object.entries(rows)) {
    console.log(
      `  ${name.padEnd(26)} ${(bytes / 1000).toFixed(1)} kB   ${(bytes / rows['sip.js']).toFixed(2)} x sip.js`,
    );
  }
}

function bundled(contents) {
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  return brotli(outputFiles[0].contents);
}

const brotli = (bytes) => brotliCompressSync(bytes).length;
