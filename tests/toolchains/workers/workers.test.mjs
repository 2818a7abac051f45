// The packed package in workerd, the runtime of Cloudflare's Workers: it compiles no wasm while it runs, and takes what it
// imports as wasm compiled.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createInterface } from 'node:readline';

import { build } from 'esbuild';

import { within } from '../../support/bounded.mjs';
import { mistakesOf, readGuides } from '../../support/guides.mjs';
import { startService } from '../../support/service.mjs';
import { createProject } from '../../support/tarball.mjs';

const { default: WORKERD } = createRequire(import.meta.url)('workerd');
/** What wrangler, the tool that bundles Workers, takes of a package. */
const CONDITIONS = ['workerd', 'worker', 'browser'];
const START_MS = 20_000;

describe('in a Worker, the packed package', { timeout: 180_000 }, () => {
  let project;
  let service;
  let sample;
  before(async () => {
    service = await startService();
    project = await createProject();
    sample = (await readGuides(service.endpoint)).files.get('worker.js');
  });
  after(async () => {
    await project?.remove();
    await service?.stop();
  });

  /** How many calls the service has created. */
  const created = () => service.log().split('"status":201').length - 1;

  /** Bundles a Worker, has workerd run it while `use` asks it, and ends both. */
  async function run(name, source, conditions, use) {
    const out = join(project.path, name);
    await writeFile(join(project.path, `${name}.js`), source);
    await build({
      absWorkingDir: project.path,
      entryPoints: [`${name}.js`],
      outdir: out,
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['browser', 'module', 'main'],
      conditions,
      // A Worker's wasm is a file beside it.
      loader: { '.wasm': 'copy' },
      assetNames: '[name]',
      logLevel: 'silent',
    });
    // The first is the one that runs.
    const files = (await readdir(out)).sort((one) => (one.endsWith('.js') ? -1 : 1));
    const modules = files.map(
      (file) => `(name = "${file}", ${file.endsWith('.js') ? 'esModule' : 'wasm'} = embed "${file}")`,
    );
    const config = `
      using Workerd = import "/workerd/workerd.capnp";
      const config :Workerd.Config = (
        services = [(name = "main", worker = .worker), (name = "loopback", network = (allow = ["private"]))],
        sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
      );
      const worker :Workerd.Worker = (
        modules = [${modules.join(', ')}],
        compatibilityDate = "2026-01-01",
        globalOutbound = "loopback",
      );`;
    await writeFile(join(out, 'config.capnp'), config);
    const workerd = spawn(WORKERD, ['serve', 'config.capnp', '--control-fd=3'], {
      cwd: out,
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    });
    const ended = new Promise((resolve) => workerd.once('exit', resolve));
    try {
      const lines = createInterface(workerd.stdio[3])[Symbol.asyncIterator]();
      const { value } = await within(
        Promise.race([lines.next(), ended.then(() => ({ value: '{}' }))]),
        START_MS,
        'workerd listens',
      );
      const { port } = JSON.parse(value);
      assert.equal(typeof port, 'number', 'workerd listens');
      const ask = async () => (await fetch(`http://127.0.0.1:${port}/`)).text();
      await use(ask, files);
    } finally {
      workerd.kill();
      await ended;
    }
  }

  for (const entry of ['wmpf-voip', 'wmpf-voip/file', 'wmpf-voip/inline']) {
    it(`calls by ${entry}, request after request`, async () => {
      await run(
        entry.replace('/', '-'),
        sample.replace("'wmpf-voip'", `'${entry}'`),
        CONDITIONS,
        async (ask, files) => {
          assert.ok(files.includes('wmpf_voip_bg.wasm'), 'the wasm is a file');
          const before = created();
          assert.equal(await ask(), 'It rings');
          assert.equal(await ask(), 'It rings');
          assert.equal(created() - before, 2);
        },
      );
    });
  }

  it('is told what is wrong with a request', async () => {
    await run('wrong', sample.replace("'video'", "'phone'"), CONDITIONS, async (ask) => {
      assert.match(await ask(), /^initByCaller:fail roomType: expected 'voice' or 'video'/);
    });
  });

  it('says what to do where its bundler does not know Workers', async () => {
    const [{ errCode, errMsg }] = await mistakesOf('In a Cloudflare Worker');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code.
    const source = sample.replace(': result.errMsg', ': `${result.errCode} ${result.errMsg}`');
    await run('unknown', source, CONDITIONS.slice(1), async (ask) => {
      const [, code, said] = (await ask()).match(/^(\d+) (.*)$/);
      assert.equal(Number(code), errCode);
      assert.match(said, errMsg);
      assert.match(
        said,
        /disallowed by embedder.* a Cloudflare Worker has to be bundled with the export condition 'workerd'/,
      );
    });
  });

  const loading = (wasm) => {
    const source = `import wasm from 'wmpf-voip/wmpf_voip_bg.wasm'\nimport { init } from 'wmpf-voip'\n${sample}`;
    return source.replace(
      'configure({',
      `try { await init(${wasm}) } catch (e) { return new Response(e.errMsg) }\n    configure({`,
    );
  };

  it('and calls if that is done', async () => {
    await run('told', loading('wasm'), CONDITIONS.slice(1), async (ask) => assert.equal(await ask(), 'It rings'));
  });

  it('takes compiled wasm and nothing else', async () => {
    await run('bytes', loading('new ArrayBuffer(8)'), CONDITIONS, async (ask) => {
      assert.equal(await ask(), 'init:fail expected a WebAssembly.Module: workerd compiles none');
    });
  });
});
