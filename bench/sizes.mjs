// What a page transfers: bundled and minified by esbuild, compressed by brotli, with the wasm.

import { fileURLToPath } from 'node:url';
import { brotli, bundled, measure } from '../xtask/sizes.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

export function measureSizes() {
  const sizes = measure(`${root}/pkg`);
  const rows = {
    'wmpf-voip, to call': sizes['a browser, to call: all'][1],
    'wmpf-voip, with explain()': sizes['a browser, with explain: all'][1],
    'sip.js': brotli(bundled(`export * from 'sip.js'`, root)),
  };
  console.log('bundled and minified, brotli, wasm included');
  for (const [name, bytes] of Object.entries(rows)) {
    console.log(
      `  ${name.padEnd(26)} ${(bytes / 1000).toFixed(1)} kB   ${(bytes / rows['sip.js']).toFixed(2)} x sip.js`,
    );
  }
}
