// A project of a new user: the app of this folder, the scenario of all consumers, and the packed package.

import { execFile } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { openPage } from '../../support/chromium.mjs';
import { serveFiles } from '../../support/servers.mjs';
import { createProject } from '../../support/tarball.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const SHARED = join(HERE, '../../package/loading/consumers');
const BUILD_MS = 60_000;

/** The programs of the tools, in their packages. */
export const TOOLS = {
  esbuild: 'esbuild/bin/esbuild',
  rollup: 'rollup/dist/bin/rollup',
  vite: 'vite/bin/vite.js',
  vite7: 'vite-7/bin/vite.js',
  webpack: 'webpack-cli/bin/cli.js',
};

export async function createApp() {
  const project = await createProject(join(HERE, 'app'), HERE);
  await mkdir(join(project.path, 'public'));
  for (const to of ['before.js', 'public/before.js']) {
    await copyFile(join(SHARED, 'before.js'), join(project.path, to));
  }
  await copyFile(join(SHARED, 'scenario.mjs'), join(project.path, 'scenario.mjs'));

  /** Runs a tool of this folder as its command line does. */
  async function tool(name, args) {
    const env = { ...process.env, NODE_ENV: undefined };
    const options = { cwd: project.path, timeout: BUILD_MS, env };
    return promisify(execFile)(process.execPath, [join(HERE, 'node_modules', TOOLS[name]), ...args], options);
  }

  /** Writes a page that has one script, beside that script. */
  async function page(script, type = 'module') {
    const directory = join(project.path, dirname(script));
    await copyFile(join(project.path, 'before.js'), join(directory, 'before.js'));
    const tag = `<script type="${type}" src="./${script.slice(dirname(script).length + 1)}"></script>`;
    const head = '<!doctype html><meta charset="utf-8" /><link rel="icon" href="data:," />';
    await writeFile(join(directory, 'index.html'), `${head}<script src="/before.js"></script>${tag}`);
  }

  return { ...project, tool, page };
}

/**
 * Opens a page and has it run the scenario.
 * @returns {Promise<{ report: object, problems: string[], early: string[], wasm: string[] }>} `early` is the wasm that was
 * asked for by importing, `wasm` all of it
 */
export async function runPage(browser, url, hosts, source) {
  const { page, problems } = await openPage(browser);
  const wasm = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.endsWith('.wasm')) wasm.push(pathname);
  });
  await page.goto(url);
  await page.waitForFunction(() => typeof window.run === 'function');
  const early = [...wasm];
  const report = await page.evaluate(([hosts, source]) => window.run(hosts, source), [hosts, source]);
  await page.context().close();
  return { report, problems, early, wasm };
}

/** The same for a directory of files. */
export async function runSite(browser, directory, hosts, source) {
  const site = await serveFiles(directory);
  try {
    return await runPage(browser, `${site.endpoint}/`, hosts, source);
  } finally {
    await site.stop();
  }
}
