// `require` cannot load ES modules, such as the glue: the CommonJS entries carry them inside.
import { build } from 'esbuild';

const pkg = process.argv[2];

await build({
  entryPoints: [`${pkg}/node.cjs`],
  outfile: `${pkg}/node.cjs`,
  allowOverwrite: true,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  logLevel: 'warning',
});

// Tests run in browsers, too.
await build({
  entryPoints: [`${pkg}/testing.js`],
  outfile: `${pkg}/testing.cjs`,
  bundle: true,
  platform: 'neutral',
  format: 'cjs',
  target: 'es2020',
  logLevel: 'warning',
});
