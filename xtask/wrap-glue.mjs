// The generated glue keeps the state of one instance in its module. Inside of a function, each instance of
// the wasm gets glue of its own: `createGlue()` gives what the module exports, and as `imports` what the wasm
// takes, under the names that it has there; what the wasm exports is called by the names that it has there. What promises.js has takes the place of what the glue would ask its host for.
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const [file, names, out] = process.argv.slice(2);
const { imports, exports: called } = JSON.parse(readFileSync(names, 'utf8'));

// Names in comments are relative to it, and so the same on every machine.
/** @satisfies {import('esbuild').BuildOptions} */
const options = /** @type {const} */ ({ absWorkingDir: dirname(file), bundle: true, logLevel: 'warning' });
const { metafile } = await build({
  ...options,
  write: false,
  metafile: true,
  entryPoints: [basename(file)],
  format: 'esm',
});
const [{ exports }] = Object.values(metafile.outputs);

const taken = new Set(Object.values(imports));
const given = exports.filter((name) => !taken.has(name));
const pairs = Object.entries(imports).map(([short, name]) => `${short}: ${name}`);
const contents = `import { ${exports.join(', ')} } from './${basename(file)}';
glue = { ${given.join(', ')}, imports: { ${pairs.join(', ')} } };`;

await build({
  ...options,
  stdin: { contents, resolveDir: dirname(file), sourcefile: 'createGlue' },
  outfile: join(out, 'glue.js'),
  // The wasm asks for them only where there is no globalThis, and promises.js always has one.
  define: { global: 'undefined', self: 'undefined', window: 'undefined' },
  inject: [fileURLToPath(new URL('promises.js', import.meta.url))],
  format: 'iife',
  target: 'es2020',
  mangleProps: new RegExp(`^(?:${Object.values(called).join('|')})$`),
  mangleCache: Object.fromEntries(Object.entries(called).map(([short, name]) => [name, short])),
  banner: { js: 'export function createGlue() {\nlet glue;' },
  footer: { js: 'return glue;\n}' },
});
