// `require` cannot load the glue, which is an ES module: the CommonJS entry carries it inside.
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
