// What a page transfers: bundled and minified by esbuild, compressed by brotli, with the wasm.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotli, bundled } from '../../xtask/sizes.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

export function measureSizes() {
  const wasm = brotli(readFileSync(`${root}/pkg/wmpf_voip_bg.wasm`));
  const page = (contents) => brotli(bundled(contents, root));
  const module = `${root}/pkg/browser.js`;
  const rows = {
    'wmpf-voip, to call': wasm + page(`export { default, configure } from '${module}'`),
    'wmpf-voip, with explain()': wasm + page(`export * from '${module}'`),
    'sip.js': page(`export * from 'sip.js'`),
  };
  console.log('bundled and minified, brotli, wasm included');
  for (const [name, bytes] of Object.entries(rows)) {
    console.log(
      `  ${name.padEnd(26)} ${(bytes / 1000).toFixed(1)} kB   ${(bytes / rows['sip.js']).toFixed(2)} x sip.js`,
    );
  }
}
