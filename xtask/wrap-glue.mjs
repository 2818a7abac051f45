// The generated glue keeps the state of one instance in its module. Inside of a function, each instance of
// the wasm gets glue of its own: `createGlue()` gives what the module exported.
import { build } from 'esbuild';

const [pkg] = process.argv.slice(2);

await build({
  // Names in comments are relative to it, and so the same on every machine.
  absWorkingDir: pkg,
  entryPoints: ['wmpf_voip_bg.js'],
  outfile: 'glue.js',
  bundle: true,
  format: 'iife',
  globalName: 'glue',
  target: 'es2020',
  banner: { js: 'export function createGlue() {' },
  footer: { js: 'return glue;\n}' },
  logLevel: 'warning',
});
