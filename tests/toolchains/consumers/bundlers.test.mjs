// The packed package in bundlers that were told nothing: what they build runs in Chromium, with the wasm as a file where
// they find it, and inside of the JavaScript where they do not.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { launchChromium } from '../../support/chromium.mjs';
import { assertScenario } from '../../package/loading/expected.mjs';
import { startHosts } from '../../package/loading/hosts.mjs';
import { createApp, runSite } from './app.mjs';

const NAMED = /^\/assets\/wmpf_voip_bg-[\w-]+\.wasm$/;
const HASHED = /^\/[0-9a-f]+\.wasm$/;
const INSIDE = undefined;

/**
 * What is run, where its script is if it makes no page, and where the wasm is fetched from.
 * @type {Record<string, { tool: string, args: string[], script?: string, type?: string, out: string, wasm?: RegExp }>}
 */
const BUILDS = {
  'Vite 8': { tool: 'vite', args: ['build', '--outDir', 'vite-8'], out: 'vite-8', wasm: NAMED },
  'Vite 7': { tool: 'vite7', args: ['build', '--outDir', 'vite-7'], out: 'vite-7', wasm: NAMED },
  'Vite, for another mode': {
    tool: 'vite',
    args: ['build', '--mode', 'staging', '--outDir', 'vite-staging'],
    out: 'vite-staging',
    wasm: NAMED,
  },
  webpack: {
    tool: 'webpack',
    args: ['--entry', './page.js', '--mode', 'production', '-o', 'webpack'],
    out: 'webpack',
    script: 'webpack/main.js',
    type: 'text/javascript',
    wasm: INSIDE,
  },
  'webpack, in development': {
    tool: 'webpack',
    args: ['--entry', './page.js', '--mode', 'development', '-o', 'webpack-dev'],
    out: 'webpack-dev',
    script: 'webpack-dev/main.js',
    type: 'text/javascript',
    wasm: INSIDE,
  },
  'webpack, from the entry with a file': {
    tool: 'webpack',
    args: ['--entry', './file.js', '--mode', 'production', '-o', 'webpack-file'],
    out: 'webpack-file',
    script: 'webpack-file/main.js',
    type: 'text/javascript',
    wasm: HASHED,
  },
  Rollup: {
    tool: 'rollup',
    args: ['page.js', '-p', 'node-resolve', '-f', 'es', '-d', 'rollup'],
    out: 'rollup',
    script: 'rollup/page.js',
    wasm: INSIDE,
  },
  'Rollup, into one classic script': {
    tool: 'rollup',
    args: ['page.js', '-p', 'node-resolve', '-f', 'iife', '-o', 'rollup-iife/page.js'],
    out: 'rollup-iife',
    script: 'rollup-iife/page.js',
    type: 'text/javascript',
    wasm: INSIDE,
  },
  esbuild: {
    tool: 'esbuild',
    args: ['page.js', '--bundle', '--minify', '--format=esm', '--outdir=esbuild'],
    out: 'esbuild',
    script: 'esbuild/page.js',
    wasm: INSIDE,
  },
  'esbuild, into a classic script': {
    tool: 'esbuild',
    args: ['page.js', '--bundle', '--outdir=esbuild-iife'],
    out: 'esbuild-iife',
    script: 'esbuild-iife/page.js',
    type: 'text/javascript',
    wasm: INSIDE,
  },
};

describe('without a setting, the packed package is built by', { timeout: 300_000 }, () => {
  let hosts;
  let app;
  let browser;
  before(async () => {
    hosts = await startHosts();
    app = await createApp();
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await app?.remove();
    await hosts?.stop();
  });

  for (const [name, { tool, args, script, type, out, wasm }] of Object.entries(BUILDS)) {
    it(name, async () => {
      await app.tool(tool, args);
      if (script) await app.page(script, type);
      const ran = await runSite(browser, join(app.path, out), hosts.addresses);
      assertScenario(ran.report, hosts.addresses);
      assert.deepEqual(ran.problems, []);
      assert.deepEqual(ran.early, [], 'an import fetches no wasm');
      assert.equal(ran.wasm.length, wasm === INSIDE ? 0 : 1, `${ran.wasm}`);
      for (const path of ran.wasm) assert.match(path, wasm);
    });
  }
});
