// The packed package in a mini-program that Taro 4 builds (React, webpack 5). Its config copies the wasm.

import { fileURLToPath } from 'node:url';

import { testFramework } from '../../miniprogram/hosts/frameworks.mjs';

testFramework('Taro', {
  directory: fileURLToPath(new URL('.', import.meta.url)),
  command: ['node_modules/@tarojs/cli/bin/taro', 'build', '--type', 'weapp'],
  out: 'dist',
  folder: '/wasm/',
});
