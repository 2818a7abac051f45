// The packed package in a mini-program that uni-app builds (Vue 3, Vite).

import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { testFramework } from '../../miniprogram/hosts/frameworks.mjs';

const directory = fileURLToPath(new URL('.', import.meta.url));

testFramework('uni-app', {
  directory,
  // It finds its platforms by the project's manifest, and copies what is in `static`.
  async prepare({ path, installed }) {
    const manifest = join(path, 'package.json');
    const { devDependencies } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
    const { dependencies } = JSON.parse(await readFile(manifest, 'utf8'));
    await writeFile(manifest, JSON.stringify({ private: true, dependencies, devDependencies }));
    const wasm = join(path, 'src/static/wasm');
    await mkdir(wasm, { recursive: true });
    for (const file of ['wmpf_voip_bg.wasm', 'wmpf_voip_bg.wasm.br']) {
      await copyFile(join(installed, 'miniprogram_dist', file), join(wasm, file));
    }
  },
  command: ['node_modules/@dcloudio/vite-plugin-uni/bin/uni.js', 'build', '-p', 'mp-weixin'],
  out: 'dist/build/mp-weixin',
  folder: '/static/wasm/',
});
