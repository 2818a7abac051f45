// The packed package in programs that run on servers: importing it is quiet, whichever entry a bundler takes, and it works
// from inside of one file.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { cp, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { temporaryDirectory } from '../../support/temporary.mjs';
import { assertScenario, NAMES } from '../../package/loading/expected.mjs';
import { startHosts } from '../../package/loading/hosts.mjs';
import { createApp } from './app.mjs';

describe('on a server, the packed package', { timeout: 180_000 }, () => {
  let hosts;
  let app;
  before(async () => {
    hosts = await startHosts();
    app = await createApp();
  });
  after(async () => {
    await app?.remove();
    await hosts?.stop();
  });

  const ENTRIES = ['wmpf-voip', 'wmpf-voip/file', 'wmpf-voip/inline', 'wmpf-voip/miniprogram'];
  const FILES = ['browser.js', 'inline.js'];
  const IMPORTS = [
    ...ENTRIES.flatMap((entry) => [
      ['import', entry],
      ['require', entry],
    ]),
    ...FILES.flatMap((file) => [
      ['import', file],
      ['context', file],
    ]),
    ['require', 'miniprogram_dist/index.js'],
  ];

  for (const [how, entry] of IMPORTS) {
    it(`does nothing to its host by ${how} of ${entry}`, async () => {
      const path = entry.endsWith('.js') ? join(app.installed, entry) : entry;
      const flags = ['--experimental-vm-modules', '--no-warnings'];
      const printed = await app.run([...flags, 'quiet.mjs', how, path]);
      const { names, ...done } = JSON.parse(printed);
      assert.deepEqual(names, NAMES);
      assert.deepEqual(done, { read: [], added: [], left: [] });
    });
  }

  /** Runs a program that was built, where it finds no packages. */
  async function runAlone(out, script) {
    const directory = await temporaryDirectory();
    try {
      await cp(join(app.path, out), directory.path, { recursive: true });
      const path = join(directory.path, script);
      return JSON.parse(await app.run([path], { HOSTS: JSON.stringify(hosts.addresses) }));
    } finally {
      await directory.remove();
    }
  }

  const ALONE = {
    webpack: {
      tool: 'webpack',
      args: ['--entry', './server.js', '--mode', 'production', '--target', 'node', '-o', 'server-webpack'],
      program: 'server-webpack/main.js',
    },
    esbuild: {
      tool: 'esbuild',
      args: ['server.js', '--bundle', '--platform=node', '--outfile=server-esbuild/server.cjs'],
      program: 'server-esbuild/server.cjs',
    },
    Rollup: {
      tool: 'rollup',
      args: ['server.js', '-p', 'node-resolve', '-f', 'es', '-o', 'server-rollup/server.mjs'],
      program: 'server-rollup/server.mjs',
    },
    'Vite, which was told to bundle everything': {
      tool: 'vite',
      args: ['build', '--ssr', 'server.js', '--outDir', 'server-vite', '--config', 'everything.mjs'],
      program: 'server-vite/server.mjs',
    },
  };

  for (const [name, { tool, args, program }] of Object.entries(ALONE)) {
    it(`works in a program built by ${name}`, async () => {
      const everything = 'export default { ssr: { noExternal: true } };\n';
      await writeFile(join(app.path, 'everything.mjs'), everything);
      await app.tool(tool, args);
      const [out] = program.split('/');
      assertScenario(await runAlone(out, basename(program)), hosts.addresses);
    });
  }

  it('works in a program built by Vite, which leaves it outside', async () => {
    await app.tool('vite', ['build', '--ssr', 'server.js', '--outDir', 'server-outside']);
    const env = { HOSTS: JSON.stringify(hosts.addresses) };
    const report = await app.run(['server-outside/server.mjs'], env);
    assertScenario(JSON.parse(report), hosts.addresses);
  });
});
