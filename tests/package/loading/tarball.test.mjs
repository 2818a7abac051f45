// What is in the package that is published: these files and no others, and the wasm as it was built.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';

import { PKG, ROOT } from '../../support/paths.mjs';
import { createProject } from '../../support/tarball.mjs';

const FILES = [
  'CHANGELOG.md',
  'LICENSE-APACHE',
  'LICENSE-MIT',
  'README.md',
  'README.zh-CN.md',
  'base/clock.js',
  'base/ended.js',
  'base/events.js',
  'base/failure.js',
  'base/fields.js',
  'base/foreign-values.js',
  'base/host-wx.js',
  'base/placed.js',
  'base/raised-codes.js',
  'base/random.js',
  'base/settled.js',
  'base/stop.js',
  'base/storage.js',
  'base/text-of.js',
  'browser.js',
  'call/answered-by-query.js',
  'call/beginning.js',
  'call/choice.js',
  'call/encode-video.js',
  'call/ends.js',
  'call/faults.js',
  'call/left.js',
  'call/media.js',
  'call/page-options.js',
  'call/page-query.js',
  'call/page.js',
  'call/phone-calls.js',
  'call/plugin-surface.js',
  'call/run.js',
  'call/socket-events.js',
  'call/state.js',
  'call/step.js',
  'call/timer.js',
  'call/ui.js',
  'call/watch.js',
  'core/adapters.js',
  'core/bytes.js',
  'core/host.js',
  'core/instance.js',
  'core/module.js',
  'core/quotations.js',
  'core/request.js',
  'core/secrets.js',
  'core/snapshot.js',
  'docs/call.md',
  'docs/call.zh-CN.md',
  'docs/demo.md',
  'docs/demo.zh-CN.md',
  'docs/errors.md',
  'docs/errors.zh-CN.md',
  'docs/guides.md',
  'docs/guides.zh-CN.md',
  'docs/initByCaller.md',
  'docs/initByCaller.zh-CN.md',
  'docs/operate.md',
  'docs/operate.zh-CN.md',
  'docs/package.md',
  'docs/package.zh-CN.md',
  'docs/service.md',
  'docs/service.zh-CN.md',
  'docs/values.md',
  'docs/values.zh-CN.md',
  'errors.js',
  'explain.js',
  'generated/codes.js',
  'generated/contract.js',
  'generated/glue.js',
  'generated/wasm.js',
  'generated/words.js',
  'index.d.cts',
  'index.d.ts',
  'inline.js',
  'miniprogram_dist/explain.js',
  'miniprogram_dist/index.js',
  'miniprogram_dist/package.json',
  'miniprogram_dist/surface.js',
  'miniprogram_dist/wmpf_voip_bg.wasm',
  'miniprogram_dist/wmpf_voip_bg.wasm.br',
  'node.cjs',
  'node.mjs',
  'package.json',
  'plugin/doc/README.md',
  'plugin/miniprogram/app.js',
  'plugin/miniprogram/app.json',
  'plugin/miniprogram/config.js',
  'plugin/miniprogram/pages/index/index.js',
  'plugin/miniprogram/pages/index/index.json',
  'plugin/miniprogram/pages/index/index.wxml',
  'plugin/miniprogram/pages/index/index.wxss',
  'plugin/plugin/components/call-panel/call-panel.js',
  'plugin/plugin/components/call-panel/call-panel.json',
  'plugin/plugin/components/call-panel/call-panel.wxml',
  'plugin/plugin/components/call-panel/call-panel.wxss',
  'plugin/plugin/components/no-box/no-box.js',
  'plugin/plugin/components/no-box/no-box.json',
  'plugin/plugin/components/no-box/no-box.wxml',
  'plugin/plugin/endings.js',
  'plugin/plugin/host.js',
  'plugin/plugin/index.js',
  'plugin/plugin/open-page.js',
  'plugin/plugin/pages/call-page-plugin/call-page-plugin.js',
  'plugin/plugin/pages/call-page-plugin/call-page-plugin.json',
  'plugin/plugin/pages/call-page-plugin/call-page-plugin.wxml',
  'plugin/plugin/pages/call-page-plugin/call-page-plugin.wxss',
  'plugin/plugin/pictures.js',
  'plugin/plugin/plugin.json',
  'plugin/plugin/voip-chat-errors.js',
  'plugin/plugin/voip-chat-turns.js',
  'plugin/plugin/voip-chat.js',
  'plugin/plugin/wasm.js',
  'plugin/plugin/wmpf-voip/explain.js',
  'plugin/plugin/wmpf-voip/index.js',
  'plugin/plugin/wmpf-voip/surface.js',
  'plugin/plugin/wmpf-voip/wmpf_voip_bg.wasm',
  'plugin/plugin/wmpf-voip/wmpf_voip_bg.wasm.br',
  'plugin/plugin/words.js',
  'plugin/project.config.json',
  'service/call-socket.js',
  'service/device.js',
  'service/held-socket.js',
  'service/held-token.js',
  'service/listen.js',
  'service/presence.js',
  'service/socket-protocol.js',
  'service/socket-target.js',
  'service/sockets.js',
  'testing.cjs',
  'testing.d.cts',
  'testing.d.ts',
  'testing.js',
  'webrtc.d.ts',
  'webrtc.js',
  'webrtc/connection.js',
  'webrtc/devices.js',
  'webrtc/messages.js',
  'webrtc/player.js',
  'wmpf_voip_bg.wasm',
  'workerd.js',
];

/** What the headings of a document can be linked to by. */
const anchors = (text) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('the tarball', { timeout: 120_000 }, () => {
  let project;
  before(async () => {
    project = await createProject();
  });
  after(() => project?.remove());

  it('has the files of the package and no others', () => {
    assert.deepEqual(project.files, FILES);
  });

  it('has everything that its manifest points to', async () => {
    const manifest = JSON.parse(await readFile(join(project.installed, 'package.json')));
    const targets = [];
    JSON.stringify([manifest.exports, manifest.main, manifest.module, manifest.types], (_, value) => {
      if (typeof value === 'string') targets.push(value.replace('./', ''));
      return value;
    });
    assert.ok(targets.length > 8, 'the manifest has entries');
    for (const target of targets) assert.ok(FILES.includes(target), target);
    assert.ok(FILES.includes(`${manifest.miniprogram}/index.js`), 'what WeChat copies');
  });

  it('installs nothing else and runs nothing', async () => {
    const manifest = JSON.parse(await readFile(join(project.installed, 'package.json')));
    const ofOthers = Object.keys(manifest).filter((name) => /dependencies|scripts|^bin$|gypfile/i.test(name));
    assert.deepEqual(ofOthers, []);
  });

  it('says what it is: version, licence and what to read', async () => {
    const text = (file) => readFile(join(project.installed, file), 'utf8');
    const manifest = JSON.parse(await text('package.json'));
    const crate = await readFile(join(ROOT, 'Cargo.toml'), 'utf8');
    assert.equal(manifest.version, crate.match(/^version = "(.*)"$/m)[1]);
    assert.equal(manifest.license, crate.match(/^license = "(.*)"$/m)[1]);
    assert.ok((await text('CHANGELOG.md')).includes(`\n## [${manifest.version}]`), 'the changelog has the version');
    for (const readme of ['README.md', 'README.zh-CN.md']) {
      assert.match(await text(readme), /^# wmpf-voip\n\n[^]*import wmpfVoip/);
    }
    for (const licence of ['LICENSE-MIT', 'LICENSE-APACHE']) {
      assert.equal(await text(licence), await readFile(join(ROOT, licence), 'utf8'));
    }
  });

  it('has what its documents link to', async () => {
    const read = (file) => readFile(join(project.installed, file), 'utf8');
    let links = 0;
    for (const file of FILES.filter((file) => file.endsWith('.md'))) {
      for (const [, target, anchor] of (await read(file)).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
        const linked = target ? posix.join(posix.dirname(file), target) : file;
        assert.ok(FILES.includes(linked), `${file} links to ${target}`);
        if (anchor) assert.ok(anchors(await read(linked)).includes(anchor), `${file} links to ${target}#${anchor}`);
        links += 1;
      }
    }
    assert.ok(links > 20, `${links} links`);
  });

  it('has the wasm as it was built', async () => {
    const name = 'wmpf_voip_bg.wasm';
    const installed = await readFile(join(project.installed, name));
    assert.ok(installed.equals(await readFile(join(PKG, name))));
    const forMiniPrograms = join(project.installed, 'miniprogram_dist', name);
    assert.ok(installed.equals(await readFile(forMiniPrograms)));
    assert.ok(installed.equals(brotliDecompressSync(await readFile(`${forMiniPrograms}.br`))));
    const module = new WebAssembly.Module(installed);
    // A mini-program's WXWebAssembly on iOS takes no exported globals.
    const kinds = WebAssembly.Module.exports(module).map(({ kind }) => kind);
    assert.ok(!kinds.includes('global'), `${kinds}`);
  });

  it('names no directory of the machine that built it', async () => {
    for (const file of FILES) {
      const text = await readFile(join(project.installed, file), 'latin1');
      const named = text.match(/\/(home|root|Users)\/[\w./-]+|\.cargo\/[\w./-]+/)?.[0];
      assert.equal(named, undefined, file);
    }
  });
});
